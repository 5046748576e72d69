import type { ConnectionsDeps } from "../core/connections";
import { Failure, type FailureReason, isFailure, type Problem, problemOf } from "../core/failure";
import { type Disposable, MutableDisposable } from "../core/lifecycle";
import type { HostRef, Prompts } from "../core/ports";
import type { Runner } from "../core/remote";
import type { HostState } from "../shared/host";
import { type ConnectStep, connect, type Link } from "./connection";
import { createCredentials } from "./credentials";
import type { KnownHostsStore } from "./knownHostsStore";
import { createLanes, type Lanes } from "./lanes";

/** A connection that nobody uses is closed after this time, so that switching views does not log in anew. */
const idleMs = 30_000;
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;
/** A connection that held this long was a good one: the next retry starts from the shortest wait again. */
const goodConnectionMs = 60_000;

/** One host's connection through its life: leases, states, reconnection. */
export interface Session extends Disposable {
  state(): HostState;
  acquire(): Disposable & { connected(signal: AbortSignal): Promise<Runner> };
  retry(): void;
  disconnect(): void;
}

export interface SessionDeps {
  readonly host: HostRef;
  readonly deps: ConnectionsDeps;
  readonly store: KnownHostsStore;
  readonly onState: (state: HostState) => void;
}

/** Trying again mends only what the network did; everything else waits for the user. */
const mendable: ReadonlySet<FailureReason> = new Set<FailureReason>([
  "hostNotFound",
  "connectionRefused",
  "unreachable",
  "connectTimeout",
  "loginTimeout",
  "connectionLost",
]);

const askNobody: Prompts = {
  askText: (question) => Promise.reject(new Failure({ reason: "promptUnavailable", question: question.title })),
  confirmHostKey: (question) =>
    Promise.reject(new Failure({ reason: "promptUnavailable", question: `host key of ${question.host}` })),
};

export function createSession({ host, deps, store, onState }: SessionDeps): Session {
  const { clock, log, random } = deps;
  const credentials = createCredentials(deps.secrets);
  const waiting = new Set<{ resolve(runner: Runner): void; reject(error: unknown): void }>();
  const timer = new MutableDisposable();
  let state: HostState = { kind: "disconnected" };
  let leases = 0;
  let attempt: AbortController | undefined;
  let live: { link: Link; lanes: Lanes; since: number } | undefined;
  let retries = 0;
  /** Why the host is offline. */
  let problem: Problem | undefined;

  function setState(next: HostState): void {
    state = next;
    onState(next);
  }

  function settle(act: (waiter: { resolve(runner: Runner): void; reject(error: unknown): void }) => void): void {
    const all = [...waiting];
    waiting.clear();
    for (const waiter of all) act(waiter);
  }

  function goOffline(reason: Problem): void {
    problem = reason;
    setState({ kind: "offline", since: clock.now(), problem: report(reason) });
    settle((waiter) => waiter.reject(new Failure(reason)));
  }

  /** Tells the user, while a question is open, that the host waits for them. */
  function tellingPrompts(controller: AbortController): Prompts {
    const during = async <T>(question: string, asked: Promise<T>): Promise<T> => {
      const before = state;
      if (attempt === controller) setState({ kind: "needsYou", since: clock.now(), question });
      try {
        return await asked;
      } finally {
        if (attempt === controller && state.kind === "needsYou") setState(before);
      }
    };
    return {
      askText: (question, signal) => during(question.title, deps.prompts.askText(question, signal)),
      confirmHostKey: (question, signal) =>
        during(`${question.keyType} ${question.fingerprint}`, deps.prompts.confirmHostKey(question, signal)),
    };
  }

  /** `attended`: the user is there and may be asked. */
  async function start(attended: boolean, keepTrying: boolean): Promise<void> {
    stop();
    const controller = new AbortController();
    attempt = controller;
    const since = clock.now();
    const link = connect({
      host,
      deps,
      store,
      credentials,
      prompts: attended ? tellingPrompts(controller) : askNobody,
      onStep: (step: ConnectStep) => {
        if (attempt === controller) setState({ kind: "connecting", since, step });
      },
      signal: controller.signal,
    });
    try {
      adopt(await link, controller);
    } catch (error) {
      if (attempt !== controller) return;
      attempt = undefined;
      const problem = problemOf(error);
      log.info(`${host.name}: ${JSON.stringify(problem)}`);
      if (problem.reason === "internal") log.error(`connecting to ${host.name}`, error);
      if (keepTrying && mendable.has(problem.reason)) retryLater(problem);
      else goOffline(problem);
    }
  }

  function adopt(link: Link, controller: AbortController): void {
    if (attempt !== controller) return link.close();
    attempt = undefined;
    const connectAgain = (signal: AbortSignal) =>
      connect({ host, deps, store, credentials, prompts: askNobody, onStep: () => {}, signal });
    const lanes = createLanes(link, { clock, connectAgain });
    const own = { link, lanes, since: clock.monotonic() };
    live = own;
    link.ended.then((failure) => {
      lanes.close();
      if (live !== own) return;
      live = undefined;
      if (clock.monotonic() - own.since > goodConnectionMs) retries = 0;
      retryLater(failure.problem);
    });
    setState({ kind: "connected", since: clock.now() });
    settle((waiter) => waiter.resolve(lanes));
    if (leases === 0) closeWhenIdle();
  }

  function retryLater(problem: Problem): void {
    if (leases === 0) return setState({ kind: "disconnected" });
    const wait = Math.min(longestRetryMs, firstRetryMs * 2 ** retries++) * (0.5 + random() / 2);
    setState({ kind: "reconnecting", retryAt: clock.now() + wait, problem: report(problem) });
    timer.replace(clock.after(wait, () => void start(false, true)));
  }

  function closeWhenIdle(): void {
    timer.replace(clock.after(idleMs, end));
  }

  /** Lets go of whatever is going on, without a word. */
  function stop(): void {
    timer.replace(undefined);
    attempt?.abort();
    attempt = undefined;
    const old = live;
    live = undefined;
    old?.lanes.close();
    old?.link.close();
  }

  function end(): void {
    stop();
    retries = 0;
    setState({ kind: "disconnected" });
  }

  function connected(signal: AbortSignal): Promise<Runner> {
    if (signal.aborted) return Promise.reject(new Failure({ reason: "cancelled" }));
    if (live) return Promise.resolve(live.lanes);
    if (state.kind === "offline" && problem) return Promise.reject(new Failure(problem));
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      waiting.add(waiter);
      const onAbort = () => {
        if (waiting.delete(waiter)) reject(new Failure({ reason: "cancelled" }));
      };
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  return {
    state: () => state,
    acquire() {
      const first = leases++ === 0;
      if (live) timer.replace(undefined);
      else if (first && !attempt) void start(true, false);
      let released = false;
      return {
        connected,
        dispose() {
          if (released) return;
          released = true;
          if (--leases > 0) return;
          if (live) closeWhenIdle();
          else end();
        },
      };
    },
    retry() {
      retries = 0;
      if (!live) void start(true, false);
    },
    disconnect: end,
    dispose() {
      end();
      settle((waiter) => waiter.reject(new Failure({ reason: "cancelled" })));
    },
  };
}
