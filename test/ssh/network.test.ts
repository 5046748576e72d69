import { execFileSync } from "node:child_process";
import { copyFile, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { HostRef } from "../../src/core/ports";
import type { HostState } from "../../src/shared/host";
import { createManualClock } from "../mocks/manualClock";
import { collector, command, echoScript, noAbort, person, type TestClient, testClient } from "./client";
import { type Relay, startRelay } from "./relay";
import { freePort, makeKey, readText, type Sshd, startSshd, withoutSshd } from "./sshd";

const clients: TestClient[] = [];
const servers: { server: Server; sockets: Set<Socket> }[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.connections.dispose();
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

function tracked(client: TestClient): TestClient {
  clients.push(client);
  return client;
}

/** A TCP server that does what it is told with each connection. */
async function tcpServer(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    serve(socket);
  });
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

const hostAt = (port: number): HostRef => ({ name: `someone@127.0.0.1:${port}`, configFile: "/dev/null" });

async function problemAt(host: HostRef, client = tracked(testClient())): Promise<unknown> {
  const lease = client.connections.acquire(host);
  return lease.connected(noAbort).then(
    () => "connected",
    (error: { problem: unknown }) => error.problem,
  );
}

describe("hosts that cannot be reached", () => {
  it("names a refused connection", async () => {
    const host = hostAt(await freePort());
    const client = tracked(testClient());
    expect(await problemAt(host, client)).toMatchObject({ reason: "connectionRefused", host: host.name });
    expect(client.connections.state(host)).toMatchObject({
      kind: "offline",
      problem: { reason: "connectionRefused", message: expect.stringContaining("refused") },
    });
    expect(client.connections.problem(host)).toMatchObject({ reason: "connectionRefused" });
  });

  it("names a host that does not exist", async () => {
    const host = { name: "no-such-host.invalid", configFile: "/dev/null" };
    expect(await problemAt(host)).toMatchObject({ reason: "hostNotFound", hostname: "no-such-host.invalid" });
  });

  it("names a port where no SSH server answers", async () => {
    const port = await tcpServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));
    expect(await problemAt(hostAt(port))).toMatchObject({ reason: "notSsh", port });
  });

  it("calls a server that hangs up at once a lost connection", async () => {
    const port = await tcpServer((socket) => socket.end());
    expect(await problemAt(hostAt(port))).toMatchObject({ reason: "connectionLost" });
  });

  it("lets go of a wait that is aborted", async () => {
    const port = await tcpServer(() => {});
    const abort = new AbortController();
    const waiting = tracked(testClient()).connections.acquire(hostAt(port)).connected(abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ problem: { reason: "cancelled" } });
  });

  it("ends the attempt, and every wait for it, with the last lease", async () => {
    const closed = new Promise<void>((resolve) => {
      tcpServer((socket) => socket.resume().once("close", () => resolve())).then((port) => {
        const client = tracked(testClient());
        const lease = client.connections.acquire(hostAt(port));
        waiting = lease.connected(noAbort).catch((error: { problem: unknown }) => error.problem);
        void client
          .stateIs((state) => state.kind === "connecting" && state.step === "verifying host key")
          .then(lease.dispose);
      });
    });
    let waiting: Promise<unknown> | undefined;
    await closed;
    expect(await waiting).toEqual({ reason: "cancelled" });
  });

  it("gives up a log-in that hangs", async () => {
    const clock = createManualClock();
    const client = tracked(testClient({ clock, timeoutMs: 30_000 }));
    const silent = new Promise<void>((resolve) => {
      tcpServer((socket) => socket.once("data", () => resolve())).then((port) => {
        outcome = problemAt(hostAt(port), client);
      });
    });
    let outcome: Promise<unknown> | undefined;
    await silent;
    clock.advance(29_999);
    expect(client.states.at(-1)).toMatchObject({ kind: "connecting", step: "verifying host key" });
    clock.advance(1);
    expect(await outcome).toMatchObject({ reason: "loginTimeout", seconds: 30 });
  });

  it("refuses a name that ssh would refuse, and names the jump host that cannot be found", async () => {
    expect(await problemAt({ name: "-oProxyCommand=evil" })).toEqual({
      reason: "badHostName",
      host: "-oProxyCommand=evil",
    });
    const file = join(tracked(testClient()).storageDir, "config");
    await writeFile(file, "Host far\n  ProxyJump near.invalid\n");
    expect(await problemAt({ name: "far", configFile: file })).toEqual({
      reason: "hostNotFound",
      host: "near.invalid",
      hostname: "near.invalid",
    });
    expect(await problemAt({ name: "far", configFile: "/nonexistent/config" })).toMatchObject({
      reason: "configUnreadable",
      file: "/nonexistent/config",
    });
  });
});

describe.skipIf(withoutSshd)(`connections that break${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let server: Sshd;
  let relay: Relay;
  let host: HostRef;

  beforeAll(async () => {
    server = await startSshd();
    relay = await startRelay(server.port);
    const file = join(server.folder, "proxied");
    const known = `[127.0.0.1]:${relay.port} ${server.hostKeys[0]?.publicKey}\n`;
    await writeFile(`${file}.known`, known);
    await writeFile(
      file,
      `Host cut\n HostName 127.0.0.1\n Port ${relay.port}\n User ${server.user}\n IdentityFile ${server.userKeyFile}\n` +
        ` IdentityAgent none\n UserKnownHostsFile ${file}.known\n`,
    );
    host = { name: "cut", configFile: file };
  });
  afterAll(async () => {
    await relay.dispose();
    await server.dispose();
  });

  // Each back-off is turned by hand, so that only the reconnection itself takes time.
  const cuts = process.env.TENSORLINE_FULL === "1" ? 20 : 3;
  it(`comes back after each of ${cuts} cuts`, async () => {
    const clock = createManualClock();
    const client = tracked(testClient({ clock }));
    const lease = client.connections.acquire(host);
    await lease.connected(noAbort);
    for (let cut = 1; cut <= cuts; cut++) {
      relay.cut();
      await client.stateIs(() => client.states.filter(({ kind }) => kind === "reconnecting").length === cut);
      clock.advance(60_000);
      const runner = await lease.connected(noAbort);
      expect((await runner.run(command(["echo", String(cut)]), noAbort)).stdout).toBe(`${cut}\n`);
    }
    lease.dispose();
  });

  it("ends streams and commands, says when it tries again, and comes back", async () => {
    const client = tracked(testClient());
    const lease = client.connections.acquire(host);
    const runner = await lease.connected(noAbort);
    const sink = collector();
    await runner.stream({ what: "echo", script: echoScript, parameters: ["x"], deadlineMs: 30_000 }, sink, noAbort);
    await sink.says("parameter <x>");
    const running = runner.run(command(["sh", "-c", "cat >/dev/null; sleep 5"], { stdin: "x" }), noAbort);
    await runner.stream({ what: "echo", script: echoScript, parameters: [], deadlineMs: 30_000 }, collector(), noAbort);
    relay.cut();
    expect(await sink.ended).toMatchObject({ kind: "failure", error: { problem: { reason: "connectionLost" } } });
    await expect(running).rejects.toMatchObject({ problem: { reason: "connectionLost" } });
    await client.stateIs(({ kind }) => kind === "reconnecting");
    const again = await lease.connected(noAbort);
    expect(again).not.toBe(runner);
    expect((await again.run(command(["echo", "back"]), noAbort)).stdout).toBe("back\n");
    await expect(runner.run(command(["echo", "old"]), noAbort)).rejects.toMatchObject({
      problem: { reason: "connectionLost" },
    });
  });

  it("notices a link that went silent within 20 s and replaces it", async () => {
    const clock = createManualClock();
    const client = tracked(testClient({ clock }));
    const lease = client.connections.acquire(host);
    const runner = await lease.connected(noAbort);
    relay.freeze();
    for (let second = 0; second < 20; second += 5) {
      expect(client.connections.state(host)).toMatchObject({ kind: "connected" });
      clock.advance(5_000);
    }
    await client.stateIs(({ kind }) => kind === "reconnecting");
    await expect(runner.run(command(["true"]), noAbort)).rejects.toMatchObject({
      problem: { reason: "connectionLost" },
    });
    clock.advance(1_000);
    expect((await (await lease.connected(noAbort)).run(command(["echo", "back"]), noAbort)).stdout).toBe("back\n");
  });

  it("asks for a sign of life after sleep: keeps a link that answers, drops one that does not within 5 s", async () => {
    const clock = createManualClock();
    const client = tracked(testClient({ clock }));
    const lease = client.connections.acquire(host);
    const runner = await lease.connected(noAbort);
    clock.jump(60_000);
    clock.advance(5_000);
    // The answer to this comes after the answer to the sign of life.
    expect((await runner.run(command(["echo", "awake"]), noAbort)).stdout).toBe("awake\n");
    clock.advance(5_000);
    expect(client.connections.state(host)).toMatchObject({ kind: "connected" });
    relay.freeze();
    clock.jump(60_000);
    clock.advance(5_000);
    expect(client.connections.state(host)).toMatchObject({ kind: "connected" });
    clock.advance(5_000);
    await client.stateIs(({ kind }) => kind === "reconnecting");
  });

  it("shares one connection, closes it when nobody has used it for 30 s, and stays away after a disconnection", async () => {
    const clock = createManualClock();
    const client = tracked(testClient({ clock }));
    const before = relay.accepted();
    const first = client.connections.acquire(host);
    const second = client.connections.acquire(host);
    expect(await first.connected(noAbort)).toBe(await second.connected(noAbort));
    expect(relay.accepted() - before).toBe(1);
    first.dispose();
    second.dispose();
    clock.advance(20_000);
    const third = client.connections.acquire(host);
    await third.connected(noAbort);
    expect(relay.accepted() - before).toBe(1);
    third.dispose();
    clock.advance(30_000);
    expect(client.connections.state(host)).toEqual({ kind: "disconnected" });
    const fourth = client.connections.acquire(host);
    await fourth.connected(noAbort);
    expect(relay.accepted() - before).toBe(2);
    client.connections.disconnect(host);
    expect(client.connections.state(host)).toEqual({ kind: "disconnected" });
    const waiting = fourth.connected(noAbort);
    client.connections.retry(host);
    await waiting;
    expect(relay.accepted() - before).toBe(3);
  });

  it("says when there is no algorithm in common", async () => {
    const modern = await startSshd({ config: ["KexAlgorithms sntrup761x25519-sha512@openssh.com"] });
    const client = tracked(testClient({ transport: "ssh2" }));
    const lease = client.connections.acquire({ name: "box", configFile: modern.configFile });
    await expect(lease.connected(noAbort)).rejects.toMatchObject({
      problem: { reason: "noCommonAlgorithm", host: "box" },
    });
    await modern.dispose();
  });

  it("walks through the steps in order", async () => {
    const client = tracked(testClient());
    await client.connections.acquire(host).connected(noAbort);
    expect(client.states.map((state) => (state.kind === "connecting" ? state.step : state.kind))).toEqual([
      "resolving",
      "connecting",
      "verifying host key",
      "logging in",
      "connected",
    ]);
  });

  it("waits longer and longer between attempts, and starts at once when told to", async () => {
    const clock = createManualClock();
    const client = tracked(testClient({ clock }));
    const lease = client.connections.acquire(host);
    await lease.connected(noAbort);
    relay.refuse(true);
    relay.cut();
    const waits: number[] = [];
    const waitedFor = new Set<HostState>();
    for (let attempt = 0; attempt < 9; attempt++) {
      const state = await client.stateIs((state) => state.kind === "reconnecting" && !waitedFor.has(state));
      waitedFor.add(state);
      const wait = state.kind === "reconnecting" ? state.retryAt - clock.now() : 0;
      waits.push(wait);
      clock.advance(wait);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
    relay.refuse(false);
    client.connections.retry(host);
    await lease.connected(noAbort);
    expect(client.connections.state(host)).toMatchObject({ kind: "connected" });
  });
  it("asks nobody on reconnection: what was typed before is used again", async () => {
    const locked = join(server.folder, "locked");
    await copyFile(server.userKeyFile, locked);
    execFileSync("ssh-keygen", ["-q", "-p", "-a", "1", "-N", "phrase", "-f", locked]);
    const file = `${host.configFile}.locked`;
    await writeFile(file, (await readText(`${host.configFile}`)).replace(server.userKeyFile, locked));
    const user = person(["phrase"]);
    const client = tracked(testClient({ prompts: user }));
    const lease = client.connections.acquire({ ...host, configFile: file });
    await lease.connected(noAbort);
    relay.cut();
    await client.stateIs(({ kind }) => kind === "reconnecting");
    await lease.connected(noAbort);
    expect(user.questions).toHaveLength(1);
  });

  it("stops reconnecting when the host is no longer the same", async () => {
    const known = `${host.configFile}.known`;
    const right = await readText(known);
    const client = tracked(testClient());
    const lease = client.connections.acquire(host);
    await lease.connected(noAbort);
    const other = makeKey(join(server.folder, "impostor"), "ed25519");
    await writeFile(known, `[127.0.0.1]:${relay.port} ${other.publicKey}\n`);
    relay.cut();
    await client.stateIs(({ kind }) => kind === "offline");
    await writeFile(known, right);
    await expect(lease.connected(noAbort)).rejects.toMatchObject({ problem: { reason: "hostKeyChanged" } });
    client.connections.retry(host);
    await client.stateIs(({ kind }) => kind === "connected");
    await lease.connected(noAbort);
  });
});
