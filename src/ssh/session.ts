import type { ConnectionsDeps } from "../core/connections";
import { Failure, type FailureReason, type Problem, problemOf } from "../core/failure";
import { type Disposable, MutableDisposable } from "../core/lifecycle";
import type { HostRef, Prompts } from "../core/ports";
import type { Runner } from "../core/remote";
import { sentence } from "../core/words";
import type { ProblemReport } from "../shared/gpu";
import type { ConnectStep, HostState, SystemSshNeed } from "../shared/host";
import { connect } from "./connection";
import { createCredentials } from "./credentials";
import type { KnownHostsStore } from "./knownHostsStore";
import { createLanes, type Lanes } from "./lanes";
import type { Link } from "./link";
import type { LoginGate } from "./loginGate";
import { createWaiters } from "./waiters";
import { whenDue } from "./whenDue";

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
  readonly gate: LoginGate;
  readonly onState: (state: HostState) => void;
}

/** How a connection is tried. */
interface Attempt {
  /** Somebody may be asked. */
  readonly attended: boolean;
  /**
   * What the network did is tried again: `waiting` after a connection was lost, `offline` where there was none; that
   * one shows nothing before it succeeds.
   */
  readonly again?: "waiting" | "offline";
}

/** Trying again mends only what the network did; everything else waits for the user. */
const mendable: ReadonlySet<FailureReason> = new Set<FailureReason>([
  "hostNotFound",
  "connectionRefused",
  "unreachable",
  "connectTimeout",
  "loginTimeout",
  "tooManyLogins",
  "connectionLost",
  "jumpFailed",
  "proxyCommandFailed",
]);

/** A question was to be asked and nobody was there. */
const neededSomebody: ReadonlySet<FailureReason> = new Set<FailureReason>(["promptUnavailable", "hostKeyUnknown"]);

const askNobody: Prompts = {
  askText: (question) => Promise.reject(new Failure({ reason: "promptUnavailable", question: question.title })),
  confirmHostKey: (question) =>
    Promise.reject(new Failure({ reason: "promptUnavailable", question: `host key of ${question.host}` })),
};

export function createSession({ host, deps, store, gate, onState }: SessionDeps): Session {
  const { clock, log, random } = deps;
  const credentials = createCredentials(deps.secrets);
  const waiting = createWaiters<Runner>();
  const timer = new MutableDisposable();
  let state: HostState = { kind: "disconnected" };
  let leases = 0;
  let attempt: (Attempt & { readonly controller: AbortController }) | undefined;
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

  function goOffline(reason: Problem): void {
    const since = state.kind === "offline" ? state.since : clock.now();
    setState({ kind: "offline", since, problem: report(reason) }, reason);
    waiting.reject(new Failure(reason));
    if (leases > 0 && mendable.has(reason.reason)) tryLater({ attended: false, again: "offline" });
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
    tell: (notice, signal) => needing(notice.text, async () => deps.prompts.tell?.(notice, signal)),
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

  async function start(how: Attempt): Promise<void> {
    stop();
    mayAsk = how.attended;
    const controller = new AbortController();
    const own = { ...how, controller };
    attempt = own;
    const since = clock.now();
    const onStep = (step: ConnectStep) => {
      if (attempt === own && how.again !== "offline") setState({ kind: "connecting", since, step });
    };
    const { signal } = controller;
    try {
      adopt(await connect({ host, deps, store, gate, credentials, prompts, onStep, systemSsh, signal }), own);
    } catch (error) {
      if (attempt !== own) return;
      attempt = undefined;
      const reason = problemOf(error);
      log.info(`${host.name}: ${sentence(reason)}`);
      if (reason.reason === "internal") log.error(`connecting to ${host.name}`, error);
      if (!mendable.has(reason.reason)) systemSsh = undefined;
      // Somebody came while a quiet attempt was under way.
      if (mayAsk && !how.attended && neededSomebody.has(reason.reason)) void start({ ...how, attended: true });
      else if (how.again === "waiting" && mendable.has(reason.reason)) reconnectLater(reason);
      else goOffline(reason);
    }
  }

  function adopt(link: Link, from: Attempt): void {
    if (attempt !== from) {
      link.close();
      return;
    }
    attempt = undefined;
    systemSsh = link.systemSsh;
    const connectAgain = (signal: AbortSignal) =>
      connect({ host, deps, store, gate, credentials, prompts: askNobody, onStep: () => {}, systemSsh, signal });
    const lanes = createLanes(link, { clock, connectAgain });
    const own = { link, lanes, since: clock.monotonic() };
    live = own;
    link.ended.then((failure) => {
      lanes.close();
      if (live !== own) return;
      live = undefined;
      timer.replace(undefined);
      if (clock.monotonic() - own.since > goodConnectionMs) retries = 0;
      reconnectLater(failure.problem);
    });
    setState({ kind: "connected", since: clock.now(), ...(systemSsh === undefined ? {} : { systemSsh }) });
    waiting.resolve(lanes);
    if (leases === 0) closeWhenIdle();
  }

  function reconnectLater(reason: Problem): void {
    if (leases === 0) {
      setState({ kind: "disconnected" });
      return;
    }
    const retryAt = clock.now() + tryLater({ attended: false, again: "waiting" });
    setState({ kind: "reconnecting", retryAt, problem: report(reason) }, reason);
  }

  /** Returns the milliseconds until then. */
  function tryLater(how: Attempt): number {
    const wait = Math.min(longestRetryMs, firstRetryMs * 2 ** retries++) * (0.5 + random() / 2);
    timer.replace(whenDue(clock, wait, () => void start(how)));
    return wait;
  }

  function closeWhenIdle(): void {
    timer.replace(clock.after(idleMs, end));
  }

  /** Lets go of whatever is going on, without a word. */
  function stop(): void {
    timer.replace(undefined);
    attempt?.controller.abort();
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
    return waiting.wait(signal);
  }

  return {
    state: () => state,
    problem: () => problem,
    acquire(quiet) {
      const first = leases++ === 0;
      // Somebody who looks does not wait for the next try in the background.
      const looksAgain = state.kind === "offline" && !quiet && (!mayAsk || (problem && mendable.has(problem.reason)));
      if (live) timer.replace(undefined);
      else if (attempt && attempt.again !== "offline") mayAsk ||= !quiet;
      else if (first || looksAgain) {
        retries = 0;
        void start({ attended: !quiet });
      }
      let released = false;
      return {
        connected,
        dispose() {
          if (released) return;
          released = true;
          if (--leases > 0) return;
          if (live) closeWhenIdle();
          // Why it is offline stays to be read.
          else if (state.kind === "offline") stop();
          else end();
          waiting.reject(new Failure({ reason: "cancelled" }));
        },
      };
    },
    retry() {
      retries = 0;
      if (!live) void start({ attended: true, ...(state.kind === "reconnecting" ? { again: "waiting" } : {}) });
    },
    disconnect: end,
    dispose() {
      end();
      waiting.reject(new Failure({ reason: "cancelled" }));
    },
  };
}

function report(problem: Problem): ProblemReport {
  return { reason: problem.reason, message: sentence(problem) };
}
