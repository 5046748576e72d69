import { writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { HostRef } from "../../src/core/ports";
import type { HostState } from "../../src/shared/host";
import { createManualClock } from "../mocks/manualClock";
import { command, hostOf, noAbort, type TestClient, testClient } from "./client";
import { type Relay, startRelay } from "./relay";
import { type Sshd, startSshd, withoutSshd } from "./sshd";

const clients: TestClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.connections.dispose();
});

function tracked(client: TestClient): TestClient {
  clients.push(client);
  return client;
}

const problemOf = (wait: Promise<unknown>) =>
  wait.then(
    () => "connected",
    (error: { problem: unknown }) => error.problem,
  );

describe.skipIf(withoutSshd)(`hosts that are not there at first${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let server: Sshd;
  let relay: Relay;
  let host: HostRef;
  beforeAll(async () => {
    server = await startSshd();
    relay = await startRelay(server.port);
    const file = join(server.folder, "relayed");
    await writeFile(
      file,
      `Host box\n HostName 127.0.0.1\n Port ${relay.port}\n User ${server.user}\n IdentityFile ${server.userKeyFile}\n` +
        ` IdentityAgent none\n HostKeyAlias [127.0.0.1]:${server.port}\n UserKnownHostsFile ${server.knownHostsFile}\n`,
    );
    host = { name: "box", configFile: file };
  });
  afterEach(() => relay.refuse(false));
  afterAll(async () => {
    await relay.dispose();
    await server.dispose();
  });

  /** Resolves once the relay has hung up on so many, and the client has drawn its conclusion. */
  const failures = (client: TestClient, count: number) =>
    client.stateIs(() => client.states.filter(({ kind }) => kind === "offline").length === count);

  it("are offline at once with the reason, since then, and are connected by themselves when they come back", async () => {
    const clock = createManualClock();
    const client = tracked(testClient({ clock }));
    relay.refuse(true);
    const lease = client.connections.acquire(host);
    expect(await problemOf(lease.connected(noAbort))).toMatchObject({ reason: "connectionLost" });
    const offline = client.connections.state(host);
    expect(offline).toMatchObject({ kind: "offline", since: clock.now() });
    for (let attempt = 2; attempt <= 5; attempt++) {
      const [wait = 0] = clock.pending();
      expect(wait).toBe(500 * 2 ** (attempt - 2));
      clock.advance(wait);
      await failures(client, attempt);
      expect(client.connections.state(host)).toEqual(offline);
    }
    // What is tried in the background shows nothing, and whoever asks now gets the reason at once.
    expect(client.states.slice(3).every(({ kind }) => kind === "offline")).toBe(true);
    expect(await problemOf(lease.connected(noAbort))).toMatchObject({ reason: "connectionLost" });
    relay.refuse(false);
    clock.advance(60_000);
    await client.stateIs(({ kind }) => kind === "connected");
    const runner = await lease.connected(noAbort);
    expect((await runner.run(command(["echo", "there"]), noAbort)).stdout).toBe("there\n");
  });

  it("are not tried any more once nobody looks, and at once when somebody looks anew", async () => {
    const clock = createManualClock();
    const client = tracked(testClient({ clock }));
    relay.refuse(true);
    const first = client.connections.acquire(host);
    await problemOf(first.connected(noAbort));
    first.dispose();
    expect(clock.pending()).toEqual([]);
    expect(client.connections.state(host)).toMatchObject({ kind: "offline" });
    const second = client.connections.acquire(host, { quiet: true });
    await problemOf(second.connected(noAbort));
    relay.refuse(false);
    const third = client.connections.acquire(host);
    await third.connected(noAbort);
    expect(client.connections.state(host)).toMatchObject({ kind: "connected" });
  });

  it("are left alone when nobody can mend it but the user", async () => {
    const clock = createManualClock();
    const client = tracked(testClient({ clock }));
    const lease = client.connections.acquire({ ...host, name: `nobody-here@127.0.0.1:${server.port}` });
    expect(await problemOf(lease.connected(noAbort))).toEqual({ reason: "cancelled" });
    expect(clock.pending()).toEqual([]);
  });
});

describe.skipIf(withoutSshd)(`servers that limit log-ins${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  const idle: Socket[] = [];
  afterEach(() => {
    for (const socket of idle.splice(0)) socket.destroy();
  });

  /** A connection that never logs in, and counts for the server. */
  async function loiter(server: Sshd): Promise<Socket> {
    const socket = connect(server.port, "127.0.0.1");
    idle.push(socket);
    await new Promise((resolve) => socket.once("data", resolve));
    return socket;
  }

  it("are named as such and tried again later", async () => {
    const server = await startSshd({ config: ["MaxStartups 1"] });
    const clock = createManualClock();
    const client = tracked(testClient({ clock }));
    const loiterer = await loiter(server);
    const lease = client.connections.acquire(hostOf(server));
    expect(await problemOf(lease.connected(noAbort))).toEqual({ reason: "tooManyLogins", host: "box" });
    const from = server.log().length;
    loiterer.destroy();
    await server.says(/Connection (closed|reset)/, from);
    clock.advance(60_000);
    await client.stateIs(({ kind }) => kind === "connected");
    await lease.connected(noAbort);
    await server.dispose();
  });

  it("let a window with twenty hosts at one address in, without a single refusal", async () => {
    const server = await startSshd({ config: ["MaxStartups 6:100:6"] });
    const names = Array.from({ length: 20 }, (_, number) => `box${number}`);
    const file = join(server.folder, "many");
    const known = `UserKnownHostsFile ${server.knownHostsFile}`;
    const lines = ["HostName 127.0.0.1", `Port ${server.port}`, `User ${server.user}`, "IdentityAgent none", known];
    await writeFile(file, [`Host ${names.join(" ")}`, `IdentityFile ${server.userKeyFile}`, ...lines, ""].join("\n"));
    const client = tracked(testClient());
    const leases = names.map((name) => client.connections.acquire({ name, configFile: file }));
    await Promise.all(leases.map((lease) => lease.connected(new AbortController().signal)));
    const kinds = (states: readonly HostState[]) => new Set(states.map(({ kind }) => kind));
    expect(kinds(client.states)).toEqual(new Set(["connecting", "connected"]));
    expect(server.log()).not.toMatch(/drop connection/);
    client.connections.dispose();
    await server.dispose();
  });
});
