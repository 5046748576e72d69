import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostRef } from "../../src/core/ports";
import { noAbort, person, secretsInMemory, testClient } from "./client";
import { type Sshd, startSshd, withoutSshd } from "./sshd";

const names = ["one", "two", "gpu"] as const;
type Name = (typeof names)[number];

/** RFC 4253 and 4252: what may be sent before the server is trusted, and what must not. */
const keyExchange = new Set([1, 2, 20, 30]);

describe.skipIf(withoutSshd)(`an impostor on the way${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  const servers = new Map<Name, Sshd>();
  let impostor: Sshd;
  let number = 0;

  beforeAll(async () => {
    for (const name of names) servers.set(name, await startSshd());
    impostor = await startSshd({ config: ["PasswordAuthentication yes", "LogLevel DEBUG3"] });
  });
  afterAll(async () => {
    for (const server of [...servers.values(), impostor]) await server.dispose();
  });

  /** The way `one,two,gpu`, with the impostor in the place of one of them. */
  async function wayWith(taken: Name | undefined): Promise<HostRef> {
    const folder = impostor.folder;
    const known = join(folder, `known${number}`);
    const file = join(folder, `way${number++}`);
    const all = [...servers];
    await writeFile(known, all.map(([name, server]) => `${name} ${server.hostKeys[0]?.publicKey}\n`).join(""));
    const blocks = all.flatMap(([name, server]) => [
      `Host ${name}`,
      "  HostName 127.0.0.1",
      `  Port ${name === taken ? impostor.port : server.port}`,
      `  User ${server.user}`,
      `  HostKeyAlias ${name}`,
      `  IdentityFile ${server.userKeyFile}`,
      `  IdentityFile ${impostor.userKeyFile}`,
    ]);
    const common = ["Host *", `  UserKnownHostsFile ${known}`, "  GlobalKnownHostsFile none", "  IdentityAgent none"];
    const lax = "  StrictHostKeyChecking no";
    await writeFile(file, ["Host gpu", "  ProxyJump one,two", ...blocks, ...common, lax].join("\n"));
    return { name: "gpu", configFile: file };
  }

  async function outcome(host: HostRef): Promise<{ result: unknown; questions: number }> {
    const user = person(["a password", "a password", "a password"]);
    const secrets = secretsInMemory(
      Object.fromEntries(names.map((name) => [`password ${impostor.user}@${name}:${impostor.port}`, "a password"])),
    );
    const client = testClient({ prompts: user, secrets, acceptNew: true });
    const result = await client.connections
      .acquire(host)
      .connected(noAbort)
      .then(
        () => "connected",
        (error: { problem: unknown }) => error.problem,
      );
    client.connections.dispose();
    return { result, questions: user.questions.length };
  }

  it("does not stand in the way of those who are genuine", async () => {
    expect(await outcome(await wayWith(undefined))).toEqual({ result: "connected", questions: 0 });
  });

  it.each(names)("in the place of %s learns nothing but the key exchange", async (taken) => {
    const mark = impostor.log().length;
    const after = names.slice(names.indexOf(taken) + 1).map((name) => servers.get(name));
    const visits = () => after.map((server) => server?.log().match(/Connection from/g)?.length);
    const before = visits();
    expect(await outcome(await wayWith(taken))).toMatchObject({
      result: { reason: "hostKeyChanged", host: taken, entry: taken },
      questions: 0,
    });
    const { log } = await impostor.ended(mark);
    const received = [...log.matchAll(/receive packet: type (\d+)/g)].map(([, type]) => Number(type));
    expect(received).toContain(30);
    expect(received.filter((type) => !keyExchange.has(type))).toEqual([]);
    expect(log).not.toMatch(/userauth|Failed|Accepted|Postponed/);
    // Nobody behind it heard anything.
    expect(visits()).toEqual(before);
  });
});
