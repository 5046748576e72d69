import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostRef } from "../../src/core/ports";
import { hostOf, noAbort, person, type TestClient, testClient } from "./client";
import { type HostKeyFile, makeKey, readText, type Sshd, startSshd, withoutSshd } from "./sshd";

describe.skipIf(withoutSshd)(`host keys${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let server: Sshd;
  let key: HostKeyFile;
  let other: HostKeyFile;
  let number = 0;

  beforeAll(async () => {
    server = await startSshd({ hostKeyTypes: ["ed25519", "rsa"] });
    const [first] = server.hostKeys;
    if (!first) throw new Error("no host key");
    key = first;
    other = makeKey(join(server.folder, "other_key"), "ed25519");
  });
  afterAll(() => server.dispose());

  /** A host whose known_hosts holds these lines. */
  async function knowing(lines: readonly string[], options: readonly string[] = []): Promise<HostRef> {
    const name = join(server.folder, `known${number++}`);
    await writeFile(name, lines.map((line) => `${line}\n`).join(""));
    const config = [
      "Host box",
      ...options.map((option) => `  ${option}`),
      "  HostName 127.0.0.1",
      `  Port ${server.port}`,
      `  IdentityFile ${server.userKeyFile}`,
      "  IdentityAgent none",
      `  UserKnownHostsFile ${name}`,
      "  GlobalKnownHostsFile none",
    ];
    await writeFile(`${name}.config`, `${config.join("\n")}\n`);
    return { name: "box", configFile: `${name}.config` };
  }

  const place = () => `[127.0.0.1]:${server.port}`;
  const fingerprintOf = (file: HostKeyFile) =>
    execFileSync("ssh-keygen", ["-lf", `${file.file}.pub`], { encoding: "utf8" }).split(" ")[1];

  async function outcome(client: TestClient, host: HostRef): Promise<unknown> {
    const lease = client.connections.acquire(host);
    try {
      await lease.connected(noAbort);
      return "connected";
    } catch (error) {
      return (error as { problem: unknown }).problem;
    } finally {
      lease.dispose();
      client.connections.dispose();
    }
  }

  /** The log-in attempts of the connection that came after a mark in the log, once the server has seen its end. */
  async function attemptsSince(mark: number): Promise<string[]> {
    const { port, log } = await server.ended(mark);
    return log.split("\n").filter((line) => line.includes(` ${port} `) && /Accepted|Failed|Postponed|user/.test(line));
  }

  it("asks about an unknown key, shows what ssh-keygen shows, and remembers it", async () => {
    const user = person([true]);
    const client = testClient({ prompts: user });
    const host = hostOf(server, "stranger");
    expect(await outcome(client, host)).toBe("connected");
    expect(user.questions).toEqual([
      {
        host: "stranger",
        hostname: "127.0.0.1",
        port: server.port,
        keyType: "ssh-ed25519",
        fingerprint: fingerprintOf(key),
        knownTypes: [],
      },
    ]);
    expect(await readText(join(client.storageDir, "known_hosts"))).toBe(`${place()} ${key.publicKey}\n`);
    expect(existsSync(join(server.folder, "no_known_hosts"))).toBe(false);
    const nobody = person();
    expect(await outcome(testClient({ prompts: nobody, storageDir: client.storageDir }), host)).toBe("connected");
    expect(nobody.questions).toEqual([]);
  });

  it("forgets a remembered key on request and asks again", async () => {
    const host = hostOf(server, "stranger");
    const first = testClient({ prompts: person([true]) });
    expect(await outcome(first, host)).toBe("connected");
    const again = testClient({ prompts: person([true]), storageDir: first.storageDir });
    await again.connections.forgetHostKey(host);
    expect(await readText(join(first.storageDir, "known_hosts"))).toBe("");
    expect(await outcome(again, host)).toBe("connected");
  });

  it("does not log in when the user declines", async () => {
    const mark = server.log().length;
    expect(await outcome(testClient({ prompts: person([false]) }), hostOf(server, "stranger"))).toEqual({
      reason: "cancelled",
    });
    expect(await attemptsSince(mark)).toEqual([]);
  });

  it("accepts without asking where the setting or the config says so", async () => {
    const user = person();
    expect(await outcome(testClient({ prompts: user, acceptNew: true }), hostOf(server, "stranger"))).toBe("connected");
    const host = await knowing([], ["StrictHostKeyChecking accept-new"]);
    expect(await outcome(testClient({ prompts: user }), host)).toBe("connected");
    expect(user.questions).toEqual([]);
  });

  it("refuses an unknown key under StrictHostKeyChecking yes, whatever the setting", async () => {
    const host = await knowing([], ["StrictHostKeyChecking yes"]);
    expect(await outcome(testClient({ acceptNew: true }), host)).toMatchObject({
      reason: "hostKeyUnknown",
      fingerprint: fingerprintOf(key),
    });
  });

  it("refuses a changed key before any log-in attempt reaches the server, even under StrictHostKeyChecking no", async () => {
    const host = await knowing(["# a comment", `${place()} ${other.publicKey}`], ["StrictHostKeyChecking no"]);
    const mark = server.log().length;
    const user = person([true]);
    expect(await outcome(testClient({ prompts: user, acceptNew: true }), host)).toEqual({
      reason: "hostKeyChanged",
      host: "box",
      keyType: "ssh-ed25519",
      offered: fingerprintOf(key),
      known: fingerprintOf(other),
      file: host.configFile?.replace(".config", ""),
      line: 2,
      own: false,
      entry: place(),
    });
    expect(user.questions).toEqual([]);
    expect(await attemptsSince(mark)).toEqual([]);
  });

  it("says when the changed key stands in our own store", async () => {
    const host = hostOf(server, "stranger");
    const client = testClient();
    await mkdir(client.storageDir, { recursive: true });
    await writeFile(join(client.storageDir, "known_hosts"), `${place()} ${other.publicKey}\n`);
    expect(await outcome(client, host)).toMatchObject({ reason: "hostKeyChanged", own: true, line: 1 });
  });

  it("refuses a revoked key though another line trusts it", async () => {
    const host = await knowing(
      [`${place()} ${key.publicKey}`, `@revoked * ${key.publicKey}`],
      ["StrictHostKeyChecking no"],
    );
    expect(await outcome(testClient(), host)).toMatchObject({ reason: "hostKeyRevoked", line: 2 });
  });

  it("finds hashed names, and an alias without its port", async () => {
    const hashed = await knowing([`${place()} ${key.publicKey}`]);
    execFileSync("ssh-keygen", ["-q", "-H", "-f", hashed.configFile?.replace(".config", "") ?? ""], {
      stdio: "ignore",
    });
    expect(await readText(hashed.configFile?.replace(".config", "") ?? "")).toMatch(/^\|1\|/);
    expect(await outcome(testClient(), hashed)).toBe("connected");
    const alias = await knowing([`lab ${key.publicKey}`], ["HostKeyAlias lab"]);
    expect(await outcome(testClient(), alias)).toBe("connected");
  });

  it("does not take a key that is known for another port", async () => {
    const host = await knowing([`[127.0.0.1]:1 ${key.publicKey}`]);
    expect(await outcome(testClient({ prompts: person([false]) }), host)).toEqual({ reason: "cancelled" });
  });

  it("asks the server for the type of key it knows", async () => {
    const rsa = server.hostKeys.find((file) => file.type === "rsa");
    const host = await knowing([`${place()} ${rsa?.publicKey}`]);
    expect(await outcome(testClient(), host)).toBe("connected");
  });

  it("names the known types when a new type is offered", async () => {
    const ecdsa = makeKey(join(server.folder, "ecdsa_key"), "ecdsa");
    const user = person([true]);
    const host = await knowing([`${place()} ${ecdsa.publicKey}`]);
    expect(await outcome(testClient({ prompts: user }), host)).toBe("connected");
    expect(user.questions).toMatchObject([{ keyType: "ssh-ed25519", knownTypes: ["ecdsa-sha2-nistp256"] }]);
  });

  it("fails closed when a known_hosts file cannot be read", async () => {
    const host = await knowing([], [`UserKnownHostsFile ${server.folder}`]);
    expect(await outcome(testClient(), host)).toMatchObject({ reason: "knownHostsUnreadable", file: server.folder });
  });

  it("says that nobody could be asked by naming the key", async () => {
    const client = testClient({ prompts: person([true]) });
    const lease = client.connections.acquire(hostOf(server, "stranger"), { quiet: true });
    await expect(lease.connected(noAbort)).rejects.toMatchObject({ problem: { reason: "hostKeyUnknown" } });
    client.connections.dispose();
  });
});
