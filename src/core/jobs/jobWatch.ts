import type { Job } from "../../shared/jobs";
import type { Clock } from "../clock";
import type { HostLease } from "../connections";
import { isFailure, problemOf } from "../failure";
import { type Disposable, MutableDisposable, toDisposable } from "../lifecycle";
import type { Logger } from "../logger";
import { isInterruption, pause } from "../operations/persistence";
import type { HostRef } from "../ports";
import type { HostJobs, LogTail } from "./jobs";
import type { JobParts } from "./parts";
import { withJobs } from "./present";
import type { JobNews } from "./watchJobs";

export interface JobWatchDeps {
  acquire(host: HostRef, options: { readonly quiet: boolean }): HostLease;
  parts(): JobParts;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a watch reads and changes. */
export interface WatchedJobs {
  state(): HostJobs;
  change(more: Partial<HostJobs>): void;
  /** Its log has this length; nobody is told of that apart from its new bytes. */
  grow(id: string, logBytes: number): void;
  tail(tail: LogTail): void;
}

/** Keeps what is known of one host's jobs current while somebody looks; without anybody it lets go of the connection. */
export interface JobWatch extends Disposable {
  look(quiet: boolean): Disposable;
  /** The host is connected again: a watch that had to give up begins anew. */
  cameBack(): void;
}

const backOffMs = [0, 1000, 5000];

export function createJobWatch(host: HostRef, deps: JobWatchDeps, jobs: WatchedJobs): JobWatch {
  const { clock, log } = deps;
  const lookers = new Set<{ readonly quiet: boolean }>();
  const lease = new MutableDisposable<HostLease & { readonly quiet: boolean }>();
  let watching: AbortController | undefined;

  function adapt(): void {
    if (lookers.size === 0) {
      watching?.abort();
      watching = undefined;
      if (jobs.state().isReading) jobs.change({ isReading: false });
      lease.replace(undefined);
      return;
    }
    const quiet = [...lookers].every((looker) => looker.quiet);
    if (!lease.value || (lease.value.quiet && !quiet)) lease.replace({ ...deps.acquire(host, { quiet }), quiet });
    begin();
  }

  function begin(): void {
    if (watching || !lease.value) return;
    const stop = new AbortController();
    watching = stop;
    watch(stop.signal).catch((error: unknown) => {
      if (stop.signal.aborted) return;
      // It begins anew with the next connection, or the next one who looks.
      watching = undefined;
      log.warn(`${host.name}: its jobs cannot be watched (${problemOf(error).reason})`);
      if (!isFailure(error, "cancelled")) jobs.change({ isReading: false, problem: problemOf(error) });
    });
  }

  /** @throws Failure when the host is offline, or what it says cannot be read */
  async function watch(signal: AbortSignal): Promise<void> {
    for (let idle = 0; ; ) {
      jobs.change({ isReading: true });
      const watched = lease.value;
      try {
        const runner = await watched?.connected(signal);
        if (!runner) return;
        const hear = newsTaker(host, jobs, clock);
        await deps.parts().watchJobs(
          clock,
          runner,
          (news) => {
            idle = 0;
            hear(news);
          },
          signal,
        );
      } catch (error) {
        if (signal.aborted) throw error;
        // Somebody who may be asked has come: the lease is another one by now.
        if (watched === lease.value && !isInterruption(error)) throw error;
      }
      await pause(clock, backOffMs[Math.min(idle++, backOffMs.length - 1)] ?? 0, signal);
    }
  }

  return {
    look(quiet) {
      const looker = { quiet };
      lookers.add(looker);
      adapt();
      return toDisposable(() => {
        lookers.delete(looker);
        adapt();
      });
    },
    cameBack: begin,
    dispose() {
      lookers.clear();
      adapt();
      lease.dispose();
    },
  };
}

const idsOf = (jobs: readonly Job[]): string[] => jobs.map(({ id }) => id);

/** Takes over what one run of the script tells; its first round is all there is. */
function newsTaker(host: HostRef, jobs: WatchedJobs, clock: Clock): (news: JobNews) => void {
  let first: Job[] | undefined = [];
  let mineBesides: readonly Job[] = [];
  const ends = new Map<string, number>();
  return ({ jobs: news, gone, tails, besides, whole }) => {
    if (first) {
      first.push(...news);
      if (whole) {
        jobs.change({ jobs: withJobs([], first, gone), readAt: clock.now(), isReading: false, problem: undefined });
        first = undefined;
      }
    } else if (news.length > 0 || gone.length > 0) {
      jobs.change({ jobs: withJobs(jobs.state().jobs ?? [], news, gone), readAt: clock.now() });
    }
    if (besides) {
      const known = withJobs(jobs.state().jobs ?? [], [], idsOf(mineBesides));
      mineBesides = besides.jobs;
      jobs.change({ jobs: withJobs(known, mineBesides, []), others: besides.others, readAt: clock.now() });
    }
    for (const { id, from, bytes } of tails) {
      const logBytes = from + bytes.length;
      // Hosts that can only cut at whole blocks repeat what was told before.
      const told = Math.min(Math.max((ends.get(id) ?? 0) - from, 0), bytes.length);
      ends.set(id, logBytes);
      if (told === bytes.length) continue;
      jobs.grow(id, logBytes);
      jobs.tail({ host, id, logBytes, bytes: bytes.subarray(told) });
    }
  };
}
