import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { HostLease } from "../../../src/core/connections";
import { Emitter } from "../../../src/core/event";
import { Failure } from "../../../src/core/failure";
import type { Forward } from "../../../src/core/forwards/forward";
import { createForwards } from "../../../src/core/forwards/forwards";
import { listenOnLoopback } from "../../../src/core/forwards/loopback";
import { silentLogger } from "../../../src/core/logger";
import type { HostRef } from "../../../src/core/ports";
import type { Runner } from "../../../src/core/remote";
import type { HostState } from "../../../src/shared/host";
import { createManualClock } from "../../mocks/manualClock";

const host: HostRef = { name: "lab1" };
const target = { host: "localhost", port: 6006 };
const never = new AbortController().signal;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A far end that sends nothing and swallows everything. */
const silentEnd = () => new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });

function setUp(dial: Runner["dial"] = async () => silentEnd()) {
  const clock = createManualClock();
  const states = new Emitter<{ host: HostRef; state: HostState }>();
  const leases = { open: 0 };
  const waiting: { resolve(runner: Runner): void }[] = [];
  let state: HostState = { kind: "connected", since: 0 };
  let forward = true;
  const unused = () => new Promise<never>(() => {});
  const runner: Runner = {
    capabilities: {
      pty: true,
      sftp: true,
      parallel: true,
      get forward() {
        return forward;
      },
    },
    ...{ run: unused, stream: unused, pipe: unused, terminal: unused, dial },
  };
  const forwards = createForwards({
    acquire(): HostLease {
      leases.open++;
      return {
        host,
        connected: (signal) =>
          state.kind === "connected"
            ? Promise.resolve(runner)
            : new Promise((resolve, reject) => {
                waiting.push({ resolve });
                signal.addEventListener("abort", () => reject(new Failure({ reason: "cancelled" })));
              }),
        dispose: () => {
          leases.open--;
        },
      };
    },
    state: () => state,
    onState: states.event,
    clock,
    log: silentLogger,
  });
  closing.push(() => forwards.dispose());
  const become = (next: HostState) => {
    state = next;
    states.fire({ host, state });
    if (state.kind === "connected") for (const waiter of waiting.splice(0)) waiter.resolve(runner);
  };
  return {
    ...{ forwards, clock, leases, become, waiting },
    forbid: () => {
      forward = false;
    },
    open: (request = {}) => forwards.open({ host, target, ...request }, never),
    current: () => forwards.list(host)[0],
  };
}

function dialLocal({ localPort }: Forward): Socket {
  const socket = connect(localPort, "127.0.0.1");
  closing.push(() => void socket.destroy());
  socket.on("error", () => {});
  return socket.resume();
}

/** What sockets bring takes its time. */
const soon = <T>(check: () => T) => vi.waitFor(check, { timeout: 20_000, interval: 10 });

const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once("close", () => resolve()));
const lost: HostState = { kind: "reconnecting", retryAt: 0, problem: { reason: "connectionLost", message: "lost" } };

async function occupy(address: string, port = 0): Promise<Server> {
  const server = createServer().listen(port, address);
  await once(server, "listening");
  closing.push(() => void server.close());
  return server;
}

describe("forwards", () => {
  it("listen on loopback only, and keep the host connected for as long as they are open", async () => {
    const { open, forwards, leases } = setUp();
    const forward = await open();
    expect(forward).toMatchObject({ state: { kind: "listening" }, connections: 0 });
    expect(leases.open).toBe(1);
    expect(await open()).toMatchObject({ id: forward.id });
    forwards.stop(forward.id);
    expect(leases.open).toBe(0);
    expect(forwards.list()).toEqual([]);
  });

  it("take the next port where the wanted one is taken, on either kind of loopback", async () => {
    const { open } = setUp();
    const v4 = ((await occupy("127.0.0.1")).address() as AddressInfo).port;
    expect((await open({ localPort: v4 })).localPort).toBeGreaterThan(v4);
  });

  it("stand in for a port that only an administrator may open", async () => {
    const server = createServer();
    const listen = server.listen.bind(server);
    vi.spyOn(server, "listen").mockImplementation(((options: { port: number }) => {
      if (options.port >= 1024) return listen(options);
      queueMicrotask(() => server.emit("error", Object.assign(new Error("not allowed"), { code: "EACCES" })));
      return server;
    }) as typeof server.listen);
    expect(await listenOnLoopback(server, 80)).toBeGreaterThan(8000);
    await new Promise((resolve) => server.close(resolve));
  });

  it("say that they wait while the host is away, and let a connection wait for it", async () => {
    const dialled = vi.fn(async () => silentEnd());
    const { open, become, current } = setUp(dialled);
    const forward = await open();
    become(lost);
    expect(current()?.state).toEqual({ kind: "waiting" });
    dialLocal(forward);
    await soon(() => expect(current()?.connections).toBe(1));
    expect(dialled).not.toHaveBeenCalled();
    become({ kind: "connected", since: 1 });
    await soon(() => expect(dialled).toHaveBeenCalledTimes(1));
    expect(current()).toMatchObject({ localPort: forward.localPort, state: { kind: "listening" } });
  });

  it("close a connection that waited too long, with the reason", async () => {
    const { open, become, current, clock, waiting } = setUp();
    const forward = await open();
    become(lost);
    const gone = closed(dialLocal(forward));
    await soon(() => expect(waiting).toHaveLength(1));
    clock.advance(30_000);
    await gone;
    await soon(() => expect(current()).toMatchObject({ connections: 0, lastProblem: { reason: "deadline" } }));
  });

  it("try once more when the connection is lost while the target is being reached, without a busy loop", async () => {
    let dials = 0;
    const { open, clock, current } = setUp(async () => {
      if (++dials < 3) throw new Failure({ reason: "connectionLost", host: "lab1" });
      return silentEnd();
    });
    dialLocal(await open());
    await soon(() => expect(dials).toBe(1));
    await soon(() => expect(clock.pending()).toContain(250));
    expect(dials).toBe(1);
    clock.advance(250);
    await soon(() => expect(dials).toBe(2));
    await soon(() => expect(clock.pending()).toContain(250));
    clock.advance(250);
    await soon(() => expect(dials).toBe(3));
    expect(current()).toMatchObject({ connections: 1 });
    expect(current()?.lastProblem).toBeUndefined();
  });

  it("fail where the host forbids it: nothing listens, the lease is back, the reason stays until it is dismissed", async () => {
    const prohibited = new Failure({ reason: "forwardProhibited", host: "lab1" });
    const { open, forwards, leases, current, forbid } = setUp(() => Promise.reject(prohibited));
    const forward = await open();
    await closed(dialLocal(forward));
    await soon(() => expect(current()?.state).toEqual({ kind: "failed", problem: prohibited.problem }));
    expect(leases.open).toBe(0);
    forbid();
    await expect(forwards.open({ host, target: { host: "localhost", port: 1 } }, never)).rejects.toBe(prohibited);
    expect(leases.open).toBe(0);
    forwards.stop(forward.id);
    expect(forwards.list()).toEqual([]);
  });

  it("count connections and bytes", async () => {
    const { open, current } = setUp(async () => {
      const echo = new Duplex({
        read() {},
        write(chunk: Buffer, _encoding, done) {
          this.push(chunk);
          done();
        },
        final(done) {
          this.push(null);
          done();
        },
      });
      return echo;
    });
    const socket = dialLocal(await open());
    socket.end("12345");
    await closed(socket);
    await soon(() => expect(current()).toMatchObject({ connections: 0, sentBytes: 5, receivedBytes: 5 }));
  });

  it("open nothing once they were cancelled or disposed of", async () => {
    const { forwards, become, leases } = setUp();
    become(lost);
    const abort = new AbortController();
    const opening = forwards.open({ host, target }, abort.signal);
    abort.abort();
    await expect(opening).rejects.toMatchObject({ problem: { reason: "cancelled" } });
    expect(leases.open).toBe(0);
    const late = forwards.open({ host, target }, never);
    forwards.dispose();
    become({ kind: "connected", since: 0 });
    await expect(late).rejects.toMatchObject({ problem: { reason: "cancelled" } });
    expect(leases.open).toBe(0);
  });
});
