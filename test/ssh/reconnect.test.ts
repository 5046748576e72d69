import { getEventListeners } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { HostRef } from "../../src/core/ports";
import type { HostState } from "../../src/shared/host";
import { createManualClock } from "../mocks/manualClock";
import { until } from "../processes";
import { command, hostOf, noAbort, person, secretsInMemory, type TestClient, testClient } from "./client";
import { hostBehind, type Relay, startRelay } from "./relay";
import { startTwoFactorSshd, verificationCode, withoutSecondFactor } from "./secondFactor";
import { type Sshd, startSshd, withoutSshd, withoutUsers } from "./sshd";

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
    host = await hostBehind(relay, server);
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
      clock.advance(500 * 2 ** (attempt - 2) - 1);
      expect(clock.pending()).toEqual([1]);
      clock.advance(1);
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

  it("are tried at once after sleep when a retry came due meanwhile", async () => {
    const clock = createManualClock();
    const client = tracked(testClient({ clock }));
    relay.refuse(true);
    const lease = client.connections.acquire(host);
    for (let attempt = 1; attempt <= 7; attempt++) {
      await failures(client, attempt);
      clock.advance(30_000);
    }
    await failures(client, 8);
    relay.refuse(false);
    clock.jump(3_600_000);
    clock.advance(2_000);
    await client.stateIs(({ kind }) => kind === "connected");
    await lease.connected(noAbort);
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

describe.skipIf(withoutSshd)(`many reconnections in a row${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  const rounds = process.env.TENSORLINE_FULL === "1" ? 200 : 20;

  it(
    `leave no handle, timer or listener behind after ${rounds}`,
    async () => {
      const server = await startSshd();
      const relay = await startRelay(server.port);
      const clock = createManualClock();
      const client = tracked(testClient({ clock }));
      const lease = client.connections.acquire(await hostBehind(relay, server));
      const { signal } = new AbortController();
      const use = async () => {
        const runner = await lease.connected(signal);
        await runner.run(command(["true"]), signal);
      };
      // What is asked of files or names ends by itself.
      const handles = () => process.getActiveResourcesInfo().filter((name) => /^(TCP|Pipe|Process)/.test(name)).length;
      const held = () => ({
        timers: clock.pending().length,
        waiting: getEventListeners(signal, "abort").length,
        process: process.eventNames().map((name) => [name, process.listenerCount(name)]),
      });
      await use();
      const [before, handlesBefore] = [held(), handles()];
      for (let round = 1; round <= rounds; round++) {
        relay.cut();
        await client.stateIs(() => client.states.filter(({ kind }) => kind === "reconnecting").length === round);
        clock.advance(60_000);
        await use();
      }
      await until(() => handles() <= handlesBefore);
      expect(held()).toEqual(before);
      client.connections.dispose();
      await relay.dispose();
      await server.dispose();
    },
    rounds * 10_000,
  );
});

const asking = "reconnecting to a host that asks for a password and a code";
describe.skipIf(withoutSecondFactor)(`${asking}${withoutSecondFactor ? `: ${withoutSecondFactor}` : ""}`, () => {
  it("asks nobody by itself, waits with the reason, and then asks only for what is not known", async () => {
    const server = await startTwoFactorSshd();
    const relay = await startRelay(server.port);
    const clock = createManualClock();
    const user = person(["right", verificationCode(), verificationCode()]);
    const client = tracked(testClient({ clock, prompts: user }));
    const host = await hostBehind(relay, server, server.users[0]?.name);
    const lease = client.connections.acquire(host);
    await lease.connected(noAbort);
    relay.cut();
    await client.stateIs(({ kind }) => kind === "reconnecting");
    clock.advance(60_000);
    await client.stateIs(({ kind }) => kind === "offline");
    expect(await problemOf(lease.connected(noAbort))).toMatchObject({
      reason: "promptUnavailable",
      question: expect.stringContaining("Verification code for"),
    });
    expect(user.questions).toHaveLength(2);
    client.connections.retry(host);
    await client.stateIs(() => client.connections.state(host).kind === "connected");
    expect(user.questions.slice(2)).toMatchObject([{ title: expect.stringContaining("Verification code for") }]);
    client.connections.dispose();
    await relay.dispose();
    await server.dispose();
  });
});

const credentials = ["typed", "stored"] as const;
describe.skipIf(withoutUsers)(
  `reconnecting to a host with a password${withoutUsers ? `: ${withoutUsers}` : ""}`,
  () => {
    for (const credential of credentials) {
      it(`asks nobody where the password was ${credential}`, async () => {
        const config = ["PasswordAuthentication yes", "PubkeyAuthentication no"];
        const server = await startSshd({ config, users: [{ password: "right" }] });
        const relay = await startRelay(server.port);
        const clock = createManualClock();
        const name = server.users[0]?.name;
        const user = person(credential === "typed" ? ["right"] : []);
        const stored = { [`password ${name}@[127.0.0.1]:${server.port}:${relay.port}`]: "right" };
        const secrets = secretsInMemory(credential === "stored" ? stored : {});
        const client = tracked(testClient({ clock, prompts: user, secrets }));
        const lease = client.connections.acquire(await hostBehind(relay, server, name));
        await lease.connected(noAbort);
        relay.cut();
        await client.stateIs(({ kind }) => kind === "reconnecting");
        clock.advance(60_000);
        await lease.connected(noAbort);
        expect(user.questions).toHaveLength(credential === "typed" ? 1 : 0);
        client.connections.dispose();
        await relay.dispose();
        await server.dispose();
      });
    }
  },
);

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
    // The server counts it until the process behind it is gone: the first retry may still be one too many.
    client.connections.onState(({ state }) => {
      if (state.kind === "offline") setImmediate(() => clock.advance(60_000));
    });
    clock.advance(60_000);
    await client.stateIs(({ kind }) => kind === "connected");
    await lease.connected(noAbort);
    await server.dispose();
  });

  it("let a window with twenty hosts at one address in, without a single refusal", async () => {
    // sshd's usual limit, with certainty instead of chance; it counts a log-in for a moment longer than that takes.
    const server = await startSshd({ config: ["MaxStartups 10:100:10"] });
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
