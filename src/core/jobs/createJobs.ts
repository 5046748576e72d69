import type { HostState } from "../../shared/host";
import { hasEnded, type Job } from "../../shared/jobs";
import type { Clock } from "../clock";
import type { HostLease } from "../connections";
import { Emitter, type Event } from "../event";
import { Failure, isFailure, type Problem, problemOf } from "../failure";
import type { Logger } from "../logger";
import { isInterruption, pause } from "../operations/persistence";
import { type HostRef, hostId } from "../ports";
import type { RemoteCommand, Runner } from "../remote";
import type { JobRetention } from "./commands";
import type { JobHook } from "./hook";
import type { HostJobs, Jobs, LogTail } from "./jobs";
import { createJobWatch, type JobWatch } from "./jobWatch";
import type { JobParts } from "./parts";
import { withJobs } from "./present";
import type { JobRequest } from "./request";

export interface JobsDeps {
  acquire(host: HostRef, options?: { readonly quiet?: boolean }): HostLease;
  readonly onState: Event<{ host: HostRef; state: HostState }>;
  /** Loads the heavy part. */
  parts(): JobParts;
  /** Which jobs that have ended a host keeps when another one is submitted; absent: as `submitCommand` has it. */
  retention?(): JobRetention;
  /** Loads the hook; absent: jobs run without. */
  hook?(): JobHook;
  /** A host takes no hook, and why; told once for each host. */
  onNoHook?(host: HostRef, problem: Problem): void;
  readonly clock: Clock;
  readonly log: Logger;
}

const stopPausesMs = [100, 200, 400, 1000];
/** A supervisor may have been replaced since it was told to stop. */
const tellAgainEvery = 10;

/** What the service keeps of a host. */
interface Room {
  state: HostJobs;
  readonly watch: JobWatch;
}

/** The jobs of all hosts over whatever connections they have. */
export function createJobs(deps: JobsDeps): Jobs {
  const { clock, log } = deps;
  const changes = new Emitter<HostRef>((error) => log.error("a listener of jobs failed", error));
  const tails = new Emitter<LogTail>((error) => log.error("a listener of job logs failed", error));
  const rooms = new Map<string, Room>();
  const hookless = new Set<string>();
  const closing = new AbortController();

  const change = (host: HostRef, more: Partial<HostJobs>) => {
    if (closing.signal.aborted) return;
    const room = roomOf(host);
    room.state = { ...room.state, ...more };
    changes.fire(host);
  };

  const roomOf = (host: HostRef): Room => {
    const known = rooms.get(hostId(host));
    if (known) return known;
    const watch = createJobWatch(host, deps, {
      state: () => room.state,
      change: (more) => change(host, more),
      grow(id, logBytes) {
        const jobs = room.state.jobs?.map((job) => (job.id === id ? { ...job, logBytes } : job));
        if (jobs) room.state = { ...room.state, jobs };
      },
      tail: (tail) => tails.fire(tail),
    });
    const room: Room = { state: { isReading: false }, watch };
    rooms.set(hostId(host), room);
    return room;
  };

  const following = deps.onState(({ host, state }) => {
    if (state.kind === "connected") rooms.get(hostId(host))?.watch.cameBack();
  });

  /** What a host said of jobs stands in the list at once, where there is one. */
  const learn = (host: HostRef, jobs: readonly Job[], gone: readonly string[] = []) => {
    const { jobs: known } = roomOf(host).state;
    if (known) change(host, { jobs: withJobs(known, jobs, gone) });
  };

  async function use<T>(host: HostRef, work: (lease: HostLease) => Promise<T>): Promise<T> {
    const lease = deps.acquire(host);
    try {
      return await work(lease);
    } catch (error) {
      throw onHost(host, error);
    } finally {
      lease.dispose();
    }
  }

  /** Every command may be repeated, so a lost one is. */
  async function persist<T>(lease: HostLease, work: (runner: Runner) => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      try {
        return await work(await lease.connected(signal));
      } catch (error) {
        if (signal.aborted || !isInterruption(error)) throw error;
        await pause(clock, 200, signal);
      }
    }
  }

  const ask = <T>(host: HostRef, command: (parts: JobParts) => RemoteCommand<T>, given: AbortSignal): Promise<T> => {
    const signal = AbortSignal.any([given, closing.signal]);
    return use(host, async (lease) => {
      const asked = command(deps.parts());
      return persist(lease, (runner) => runner.run(asked, signal), signal);
    });
  };

  async function get(host: HostRef, id: string, signal: AbortSignal) {
    const look = await ask(host, (parts) => parts.lookCommand(id), signal);
    learn(host, [look.job]);
    return look;
  }

  /** The request as the host can take it: a job without the hook is better than none. */
  async function withHook(host: HostRef, request: JobRequest, signal: AbortSignal): Promise<JobRequest> {
    if (request.hook === undefined) return request;
    const { hook: _, ...without } = request;
    const hook = deps.hook?.();
    if (!hook) return without;
    const put = async (runner: Runner): Promise<JobRequest> => {
      try {
        await hook.put(runner, signal);
        return request;
      } catch (error) {
        if (signal.aborted || isInterruption(error)) throw error;
        if (!hookless.has(hostId(host))) deps.onNoHook?.(host, problemOf(error));
        hookless.add(hostId(host));
        return without;
      }
    };
    return use(host, (lease) => persist(lease, put, signal));
  }

  return {
    state: (host) => roomOf(host).state,
    onChange: changes.event,
    onTail: tails.event,
    look: (host, options = {}) => roomOf(host).watch.look(options.quiet ?? false),
    async refresh(host, signal) {
      change(host, { isReading: true });
      try {
        const { jobs, others } = await ask(host, (parts) => parts.listCommand(), signal);
        change(host, { jobs, others, readAt: clock.now(), problem: undefined });
      } catch (error) {
        if (!isFailure(error, "cancelled")) change(host, { problem: problemOf(error) });
        throw error;
      } finally {
        change(host, { isReading: false });
      }
      return roomOf(host).state;
    },
    async submit(host, wanted, signal) {
      const request = await withHook(host, wanted, AbortSignal.any([signal, closing.signal]));
      try {
        const job = await ask(host, (parts) => parts.submitCommand(request, deps.retention?.()), signal);
        learn(host, [job]);
        return job;
      } catch (error) {
        if (signal.aborted || !mayHaveArrived(error)) throw error;
        // Its answer was lost. What the host has is the truth; where it has nothing, the first failure is.
        const look = await get(host, request.id, signal).catch((unknown: unknown) => {
          throw isFailure(unknown, "jobUnknown") ? error : unknown;
        });
        return look.job;
      }
    },
    get,
    follow: (host, id, fromByte, sink, given) => {
      const signal = AbortSignal.any([given, closing.signal]);
      return use(host, async (lease) => {
        const job = await deps.parts().followLog({ host: lease, clock }, id, fromByte, sink, signal);
        learn(host, [job]);
        return job;
      });
    },
    readLog: (host, id, fromByte, length, signal) =>
      ask(host, (parts) => parts.readLogCommand(id, fromByte, length), signal),
    logIndex: (host, id, signal) => ask(host, (parts) => parts.logIndexCommand(id), signal),
    async records(host, id, signal) {
      const hook = deps.hook?.();
      return hook ? (await ask(host, () => hook.records(id), signal)).records : [];
    },
    async stop(host, id, signal) {
      for (let turn = 0; ; turn++) {
        const tells = turn % tellAgainEvery === 0;
        const { job } = await ask(host, (parts) => parts.lookCommand(id, tells ? "stop" : undefined), signal);
        learn(host, [job]);
        if (hasEnded(job)) return job;
        await pause(clock, stopPausesMs[Math.min(turn, stopPausesMs.length - 1)] ?? 0, signal);
      }
    },
    async remove(host, ids, signal) {
      await ask(host, (parts) => parts.removeCommand(ids), signal);
      learn(host, [], ids);
    },
    dispose() {
      closing.abort(new Failure({ reason: "cancelled" }));
      following.dispose();
      for (const { watch } of rooms.values()) watch.dispose();
      changes.dispose();
      tails.dispose();
    },
  };
}

/** What a command found out about its host, with the name of that: commands know none. */
function onHost({ name }: HostRef, error: unknown): unknown {
  if (!isFailure(error)) return error;
  const { problem } = error;
  if (problem.reason !== "jobUnknown" && problem.reason !== "backendUnusable") return error;
  return new Failure({ ...problem, host: name }, error);
}

/** The host may have done what it was asked to, and its word for that did not come. */
function mayHaveArrived(error: unknown): boolean {
  return isFailure(error, "deadline") || isFailure(error, "noShell") || isFailure(error, "answerTooLarge");
}
