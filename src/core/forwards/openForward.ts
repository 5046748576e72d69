import { createServer, type Socket } from "node:net";
import type { HostState } from "../../shared/host";
import type { Clock } from "../clock";
import type { HostLease } from "../connections";
import { Failure, type Problem, problemOf } from "../failure";
import type { Disposable } from "../lifecycle";
import type { Forward, ForwardRequest } from "./forward";
import { discard, type Joined, join } from "./join";
import { listenOnLoopback } from "./loopback";
import { reach } from "./reach";

export interface OpenForward extends Disposable {
  view(): Forward;
}

export interface OpenForwardDeps {
  readonly id: number;
  readonly request: ForwardRequest;
  /** Taken over: let go of when nothing listens any more. */
  readonly lease: HostLease;
  readonly clock: Clock;
  state(): HostState;
  /** Something other than the bytes changed. */
  changed(): void;
  /** A connection did not get through, because of this. */
  trouble(problem: Problem): void;
}

const mostConnections = 256;

/** Listens on loopback and carries each connection to the target. */
export async function openForward(deps: OpenForwardDeps): Promise<OpenForward> {
  const { id, request, lease, clock } = deps;
  const { host, target, label } = request;
  const open = new Set<{ destroy(): void }>();
  const stopped = new AbortController();
  let failed: Problem | undefined;
  let lastProblem: Problem | undefined;
  let sentBytes = 0;
  let receivedBytes = 0;

  const server = createServer(
    { allowHalfOpen: true, pauseOnConnect: true, noDelay: true },
    (local) => void serve(local),
  );
  // Where "host" and client are one computer, a forward may lead to itself: that ends here.
  server.maxConnections = mostConnections;
  const localPort = await listenOnLoopback(server, request.localPort ?? target.port);
  server.on("error", (error) => fail(problemOf(error)));

  async function serve(local: Socket): Promise<void> {
    const gone = new AbortController();
    let connection: { destroy(): void } = local;
    open.add(connection);
    deps.changed();
    // What a broken connection means is said by its close.
    local.on("error", () => {});
    local.once("close", () => gone.abort());
    try {
      const joined = await carry(local, gone.signal);
      open.delete(connection);
      connection = joined;
      open.add(connection);
      lastProblem = undefined;
      await joined.ended;
    } catch (error) {
      local.resetAndDestroy();
      const problem = problemOf(error);
      if (problem.reason === "forwardProhibited") fail(problem);
      else if (problem.reason !== "cancelled") lastProblem = problem;
      if (problem.reason !== "cancelled") deps.trouble(problem);
    }
    open.delete(connection);
    if (!stopped.signal.aborted) deps.changed();
  }

  async function carry(local: Socket, signal: AbortSignal): Promise<Joined> {
    const remote = await reach(lease, target, clock, signal);
    if (local.destroyed) {
      discard(remote);
      throw new Failure({ reason: "cancelled" });
    }
    return join(local, remote, clock, {
      sent: (bytes) => {
        sentBytes += bytes;
      },
      received: (bytes) => {
        receivedBytes += bytes;
      },
    });
  }

  function close(): void {
    stopped.abort();
    server.close();
    for (const connection of open) connection.destroy();
    lease.dispose();
  }

  function fail(problem: Problem): void {
    if (stopped.signal.aborted) return;
    failed = problem;
    close();
    deps.changed();
  }

  return {
    view: () => ({
      id,
      host,
      target,
      localPort,
      ...(label === undefined ? {} : { label }),
      state: failed
        ? { kind: "failed", problem: failed }
        : { kind: deps.state().kind === "connected" ? "listening" : "waiting" },
      ...(lastProblem === undefined ? {} : { lastProblem }),
      connections: open.size,
      sentBytes,
      receivedBytes,
    }),
    dispose: close,
  };
}
