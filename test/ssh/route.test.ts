import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostRef, Prompts } from "../../src/core/ports";
import { createManualClock } from "../mocks/manualClock";
import { attempts } from "./attempts";
import { command, noAbort, person } from "./client";
import { type Relay, startRelay } from "./relay";
import { freePort, makeKey, readText, type Sshd, startSshd, withoutSshd } from "./sshd";

const { newClient, outcome } = attempts();

describe.skipIf(withoutSshd)(`jump hosts${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  const servers: Record<"one" | "two" | "target", Sshd> = {} as Record<"one" | "two" | "target", Sshd>;
  let folder: string;
  let number = 0;

  beforeAll(async () => {
    for (const name of ["one", "two", "target"] as const) servers[name] = await startSshd();
    folder = servers.one.folder;
  });
  afterAll(async () => {
    for (const server of Object.values(servers)) await server.dispose();
  });

  /** A config with the three servers by name, and these lines for some of them (`*` for all) in front. */
  async function config(lines: Readonly<Record<string, readonly string[]>>): Promise<string> {
    const file = join(folder, `route${number++}`);
    const blocks = Object.entries(lines).map(([name, own]) => [`Host ${name}`, ...own.map((line) => `  ${line}`)]);
    const known = Object.entries(servers).map(([name, server]) => [
      `Host ${name}`,
      "  HostName 127.0.0.1",
      `  Port ${server.port}`,
      `  User ${server.user}`,
      `  IdentityFile ${server.userKeyFile}`,
      `  UserKnownHostsFile ${server.knownHostsFile}`,
    ]);
    const all = ["Host *", "  IdentityAgent none", "  GlobalKnownHostsFile none"];
    await writeFile(file, [...blocks, ...known, all].flat().join("\n"));
    return file;
  }

  async function mark<T>(act: () => Promise<T>): Promise<[T, Record<keyof typeof servers, number>]> {
    const count = (server: Sshd) => server.log().match(/Accepted publickey/g)?.length ?? 0;
    const before = { one: count(servers.one), two: count(servers.two), target: count(servers.target) };
    const result = await act();
    const { one, two, target } = servers;
    return [
      result,
      { one: count(one) - before.one, two: count(two) - before.two, target: count(target) - before.target },
    ];
  }

  it("goes through a chain, each hop with its own key and log-in", async () => {
    const file = await config({ target: ["ProxyJump one,two"] });
    const [result, logins] = await mark(() => outcome({ name: "target", configFile: file }));
    expect(result).toBe("there");
    expect(logins).toEqual({ one: 1, two: 1, target: 1 });
  });

  it("follows the first hop's own way, and not that of the later ones", async () => {
    const nested = await config({ target: ["ProxyJump two"], two: ["ProxyJump one"] });
    expect(await mark(() => outcome({ name: "target", configFile: nested }))).toEqual([
      "there",
      { one: 1, two: 1, target: 1 },
    ]);
    // ssh reaches `two` through `one`, whatever the config says of `two`.
    const chained = await config({ target: ["ProxyJump one,two"], two: ["ProxyCommand false"] });
    expect(await outcome({ name: "target", configFile: chained })).toBe("there");
  });

  it("takes user and port of a hop as ProxyJump writes them before the hop's own config", async () => {
    const { user, port } = servers.one;
    const written = `ssh://${user}@one:${port}`;
    const file = await config({ target: [`ProxyJump ${written}`], one: ["User nobody", "Port 1"] });
    expect(await outcome({ name: "target", configFile: file })).toBe("there");
  });

  it("refuses a way that leads to itself", async () => {
    const file = await config({ one: ["ProxyJump two"], two: ["ProxyJump target"], target: ["ProxyJump one"] });
    expect(await outcome({ name: "target", configFile: file })).toEqual({
      reason: "jumpLoop",
      host: "target",
      hop: "target",
    });
    const everywhere = await config({ "*": ["ProxyJump one"] });
    expect(await outcome({ name: "target", configFile: everywhere })).toEqual({
      reason: "jumpLoop",
      host: "target",
      hop: "one",
    });
  });

  it("says which hop cannot be reached, and which target a hop cannot reach", async () => {
    const nowhere = await freePort();
    const first = await config({ target: ["ProxyJump one"], one: [`Port ${nowhere}`] });
    expect(await outcome({ name: "target", configFile: first })).toEqual({
      reason: "connectionRefused",
      host: "one",
      port: nowhere,
    });
    const last = await config({ target: ["ProxyJump one", `Port ${nowhere}`] });
    expect(await outcome({ name: "target", configFile: last })).toMatchObject({
      reason: "jumpFailed",
      host: "target",
      hop: "one",
      target: `127.0.0.1:${nowhere}`,
    });
  });

  it("says which hop does not pass connections on", async () => {
    const bastion = await startSshd({ config: ["AllowTcpForwarding no"] });
    const file = await config({
      target: ["ProxyJump bastion"],
      bastion: [
        "HostName 127.0.0.1",
        `Port ${bastion.port}`,
        `User ${bastion.user}`,
        `IdentityFile ${bastion.userKeyFile}`,
        `UserKnownHostsFile ${bastion.knownHostsFile}`,
      ],
    });
    expect(await outcome({ name: "target", configFile: file })).toEqual({
      reason: "jumpProhibited",
      host: "target",
      hop: "bastion",
    });
    await bastion.says(/Disconnected from|Connection closed/);
    await bastion.dispose();
  });

  it("names the hop that refuses the user", async () => {
    const stranger = join(folder, "stranger_key");
    makeKey(`${stranger}${number}`, "ed25519");
    const file = await config({
      target: ["ProxyJump one,two"],
      two: [`IdentityFile ${stranger}${number}`, "IdentitiesOnly yes"],
    });
    const own = (await readText(file)).replace(`  IdentityFile ${servers.two.userKeyFile}\n`, "");
    await writeFile(file, own);
    expect(await outcome({ name: "target", configFile: file })).toMatchObject({
      reason: "authenticationFailed",
      host: "two",
    });
  });

  it("forgets the remembered key of a hop when that is the one that changed", async () => {
    const { port } = servers.one;
    const file = await config({ target: ["ProxyJump one"] });
    await writeFile(file, (await readText(file)).replace(servers.one.knownHostsFile, "/nonexistent"));
    const client = newClient({ acceptNew: true });
    const other = makeKey(join(folder, `other${number++}`), "ed25519");
    const own = join(client.storageDir, "known_hosts");
    await writeFile(own, `[127.0.0.1]:${port} ${other.publicKey}\n`);
    const host = { name: "target", configFile: file };
    expect(await outcome(host, client)).toMatchObject({ reason: "hostKeyChanged", host: "one", own: true });
    await client.connections.forgetHostKey(host);
    expect(await readText(own)).toBe("");
    client.connections.retry(host);
    expect(await outcome(host, client)).toBe("there");
  });

  it("closes every hop with the connection", async () => {
    const file = await config({ target: ["ProxyJump one,two"] });
    const client = newClient();
    const host = { name: "target", configFile: file };
    const marks = { one: servers.one.log().length, two: servers.two.log().length, target: servers.target.log().length };
    expect(await outcome(host, client)).toBe("there");
    client.connections.disconnect(host);
    for (const name of ["target", "two", "one"] as const) await servers[name].says(/Disconnected from/, marks[name]);
  });

  describe("where the network misbehaves", () => {
    let relay: Relay;
    beforeAll(async () => {
      relay = await startRelay(servers.one.port);
    });
    afterAll(() => relay.dispose());

    async function throughRelay(): Promise<HostRef> {
      const file = await config({ target: ["ProxyJump one,two"], one: [`Port ${relay.port}`, "HostKeyAlias one"] });
      const known = `${file}.known`;
      await writeFile(known, `one ${servers.one.hostKeys[0]?.publicKey}\n`);
      const text = (await readText(file)).replace(servers.one.knownHostsFile, known);
      await writeFile(file, text);
      return { name: "target", configFile: file };
    }

    it("gives the hop as the reason when its connection is cut, and comes back", async () => {
      const host = await throughRelay();
      const clock = createManualClock();
      const client = newClient({ clock });
      const lease = client.connections.acquire(host);
      const runner = await lease.connected(noAbort);
      const running = runner.run(command(["sleep", "30"]), noAbort);
      relay.cut();
      await expect(running).rejects.toMatchObject({ problem: { reason: "connectionLost", host: "one" } });
      await client.stateIs(({ kind }) => kind === "reconnecting");
      expect(client.connections.problem(host)).toEqual({ reason: "connectionLost", host: "one" });
      clock.advance(60_000);
      expect((await (await lease.connected(noAbort)).run(command(["echo", "back"]), noAbort)).stdout).toBe("back\n");
    });

    it("gives the hop as the reason, too, when it is cut while a question about the target is open", async () => {
      const host = await throughRelay();
      const { configFile = "" } = host;
      await writeFile(configFile, (await readText(configFile)).replace(servers.target.knownHostsFile, "/nonexistent"));
      let withdrawn = false;
      const asked: Prompts = {
        ...person(),
        confirmHostKey: (_question, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => {
              withdrawn = true;
              reject(signal.reason);
            });
            relay.cut();
          }),
      };
      expect(await outcome(host, newClient({ prompts: asked }))).toEqual({ reason: "connectionLost", host: "one" });
      expect(withdrawn).toBe(true);
    });

    it("notices within 20 s that a hop went silent", async () => {
      const host = await throughRelay();
      const clock = createManualClock();
      const client = newClient({ clock });
      await client.connections.acquire(host).connected(noAbort);
      relay.freeze();
      for (let second = 0; second < 20; second += 5) {
        expect(client.connections.state(host)).toMatchObject({ kind: "connected" });
        clock.advance(5_000);
      }
      // The farewell of each hop gets a second.
      for (let second = 0; second < 3; second++) clock.advance(1_000);
      await client.stateIs(({ kind }) => kind === "reconnecting");
    });

    it("counts the time of the whole way, and names the stop it waits for", async () => {
      const host = await throughRelay();
      const clock = createManualClock();
      const client = newClient({ clock, timeoutMs: 30_000 });
      relay.stall(true);
      const result = outcome(host, client);
      await client.stateIs((state) => state.kind === "connecting" && state.step === "verifying host key");
      clock.advance(30_000);
      expect(await result).toEqual({ reason: "loginTimeout", host: "one", seconds: 30 });
      relay.stall(false);
    });
  });
});
