import type { ConnectionsDeps } from "../core/connections";
import { Failure, type FailureReason, type Problem, problemOf } from "../core/failure";
import { type Disposable, MutableDisposable } from "../core/lifecycle";
import type { HostRef, Prompts } from "../core/ports";
import type { Runner } from "../core/remote";
import { sentence } from "../core/words";
import type { ProblemReport } from "../shared/gpu";
import type { HostState, SystemSshNeed } from "../shared/host";
import { type ConnectStep, connect } from "./connection";
import { createCredentials } from "./credentials";
import type { KnownHostsStore } from "./knownHostsStore";
import { createLanes, type Lanes } from "./lanes";
import type { Link } from "./link";

/** A connection that nobody uses is closed after this time, so that switching views does not log in anew. */
const idleMs = 30_000;
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;
/** A connection that held this long was a good one: the next retry starts from the shortest wait again. */
const goodConnectionMs = 60_000;

/** One host's connection through its life: leases, states, reconnection. */
export interface Session extends Disposable {
  state(): HostState;
  /** The problem behind `offline` and `reconnecting`. */
  problem(): Problem | undefined;
  /** `quiet`: a connection made for this lease asks nobody. */
  acquire(quiet: boolean): Disposable & { connected(signal: AbortSignal): Promise<Runner> };
  retry(): void;
  disconnect(): void;
}

export interface SessionDeps {
  readonly host: HostRef;
  readonly deps: ConnectionsDeps;
  readonly store: KnownHostsStore;
  readonly onState: (state: HostState) => void;
}

/** Someone who waits for the connection. */
interface Waiter {
  resolve(runner: Runner): void;
  reject(error: unknown): void;
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

/** A question was to be asked and nobody was there. */
const neededSomebody: ReadonlySet<FailureReason> = new Set<FailureReason>(["promptUnavailable", "hostKeyUnknown"]);

const askNobody: Prompts = {
  askText: (question) => Promise.reject(new Failure({ reason: "promptUnavailable", question: question.title })),
  confirmHostKey: (question) =>
    Promise.reject(new Failure({ reason: "promptUnavailable", question: `host key of ${question.host}` })),
};

export function createSession({ host, deps, store, onState }: SessionDeps): Session {
  const { clock, log, random } = deps;
  const credentials = createCredentials(deps.secrets);
  const waiting = new Set<Waiter>();
  const timer = new MutableDisposable();
  let state: HostState = { kind: "disconnected" };
  let leases = 0;
  let attempt: AbortController | undefined;
  let live: { link: Link; lanes: Lanes; since: number } | undefined;
  let retries = 0;
  let mayAsk = false;
  let systemSsh: SystemSshNeed | undefined;
  let problem: Problem | undefined;

  function setState(next: HostState, reason?: Problem): void {
    state = next;
    problem = reason;
    onState(next);
  }

  function settle(act: (waiter: Waiter) => void): void {
    const all = [...waiting];
    waiting.clear();
    for (const waiter of all) act(waiter);
  }

  function giveUpWaiting(): void {
    settle((waiter) => waiter.reject(new Failure({ reason: "cancelled" })));
  }

  function goOffline(reason: Problem): void {
    setState({ kind: "offline", since: clock.now(), problem: report(reason) }, reason);
    settle((waiter) => waiter.reject(new Failure(reason)));
  }

  /** Passes questions on while somebody is there to answer, and tells meanwhile that the host waits for them. */
  const prompts: Prompts = {
    askText: (question, signal) =>
      mayAsk
        ? needing(question.title, () => deps.prompts.askText(question, signal))
        : askNobody.askText(question, signal),
    confirmHostKey: (question, signal) =>
      mayAsk
        ? needing(`The key of ${question.host} is not known yet: ${question.fingerprint}.`, () =>
            deps.prompts.confirmHostKey(question, signal),
          )
        : askNobody.confirmHostKey(question, signal),
    tell: (notice, signal) => needing(notice.text, () => showUntil(signal, deps.prompts.tell?.(notice, signal))),
  };

  async function needing<T>(question: string, ask: () => Promise<T>): Promise<T> {
    const [before, during] = [state, attempt];
    setState({ kind: "needsYou", since: clock.now(), question });
    try {
      return await ask();
    } finally {
      if (attempt === during && state.kind === "needsYou") setState(before);
    }
  }

  /** `attended`: somebody may be asked. `keepTrying`: what the network did is tried again. */
  async function start(attended: boolean, keepTrying: boolean): Promise<void> {
    stop();
    mayAsk = attended;
    const controller = new AbortController();
    attempt = controller;
    const since = clock.now();
    const onStep = (step: ConnectStep) => {
      if (attempt === controller) setState({ kind: "connecting", since, step });
    };
    try {
      const request = { host, deps, store, credentials, prompts, onStep, systemSsh, signal: controller.signal };
      adopt(await connect(request), controller);
    } catch (error) {
      if (attempt !== controller) return;
      attempt = undefined;
      const reason = problemOf(error);
      log.info(`${host.name}: ${sentence(reason)}`);
      if (reason.reason === "internal") log.error(`connecting to ${host.name}`, error);
      // Which transport it takes is found out anew: the config or the server may have changed.
      if (!mendable.has(reason.reason)) systemSsh = undefined;
      // Somebody came while a quiet attempt was under way.
      if (mayAsk && !attended && neededSomebody.has(reason.reason)) void start(true, keepTrying);
      else if (keepTrying && mendable.has(reason.reason)) retryLater(reason);
      else goOffline(reason);
    }
  }

  function adopt(link: Link, controller: AbortController): void {
    if (attempt !== controller) {
      link.close();
      return;
    }
    attempt = undefined;
    systemSsh = link.systemSsh;
    const connectAgain = (signal: AbortSignal) =>
      connect({ host, deps, store, credentials, prompts: askNobody, onStep: () => {}, systemSsh, signal });
    const lanes = createLanes(link, { clock, connectAgain });
    const own = { link, lanes, since: clock.monotonic() };
    live = own;
    link.ended.then((failure) => {
      lanes.close();
      if (live !== own) return;
      live = undefined;
      timer.replace(undefined);
      if (clock.monotonic() - own.since > goodConnectionMs) retries = 0;
      retryLater(failure.problem);
    });
    setState({ kind: "connected", since: clock.now(), ...(systemSsh === undefined ? {} : { systemSsh }) });
    settle((waiter) => waiter.resolve(lanes));
    if (leases === 0) closeWhenIdle();
  }

  function retryLater(reason: Problem): void {
    if (leases === 0) {
      setState({ kind: "disconnected" });
      return;
    }
    const wait = Math.min(longestRetryMs, firstRetryMs * 2 ** retries++) * (0.5 + random() / 2);
    setState({ kind: "reconnecting", retryAt: clock.now() + wait, problem: report(reason) }, reason);
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
    systemSsh = undefined;
    retries = 0;
    setState({ kind: "disconnected" });
  }

  function connected(signal: AbortSignal): Promise<Runner> {
    if (signal.aborted) return Promise.reject(new Failure({ reason: "cancelled" }));
    if (live) return Promise.resolve(live.lanes);
    if (state.kind === "offline" && problem) return Promise.reject(new Failure(problem));
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        waiting.delete(waiter);
        reject(new Failure({ reason: "cancelled" }));
      };
      const waiter: Waiter = {
        resolve(runner) {
          signal.removeEventListener("abort", onAbort);
          resolve(runner);
        },
        reject(error) {
          signal.removeEventListener("abort", onAbort);
          reject(error);
        },
      };
      waiting.add(waiter);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  return {
    state: () => state,
    problem: () => problem,
    acquire(quiet) {
      const first = leases++ === 0;
      const refusedQuietly = state.kind === "offline" && !mayAsk && !quiet;
      if (live) timer.replace(undefined);
      else if (attempt) mayAsk ||= !quiet;
      else if (first || refusedQuietly) void start(!quiet, false);
      let released = false;
      return {
        connected,
        dispose() {
          if (released) return;
          released = true;
          if (--leases > 0) return;
          if (live) closeWhenIdle();
          // Why it is offline stays to be read.
          else if (state.kind !== "offline") end();
          giveUpWaiting();
        },
      };
    },
    retry() {
      retries = 0;
      if (!live) void start(true, state.kind === "reconnecting");
    },
    disconnect: end,
    dispose() {
      end();
      giveUpWaiting();
    },
  };
}

/** A notice stays for as long as what it is about, whether or not anything shows it. */
async function showUntil(signal: AbortSignal, shown: Promise<void> | undefined): Promise<void> {
  await Promise.all([
    shown,
    new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    }),
  ]);
}

function report(problem: Problem): ProblemReport {
  return { reason: problem.reason, message: sentence(problem) };
}
