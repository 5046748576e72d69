import type { Clock } from "../../core/clock";
import { Emitter, type Event } from "../../core/event";
import type { Jobs } from "../../core/jobs/jobs";
import { type Disposable, DisposableStore, MutableDisposable, toDisposable } from "../../core/lifecycle";
import { type HostRef, hostId } from "../../core/ports";
import type { HostState } from "../../shared/host";
import type { Job } from "../../shared/jobs";
import type { Tails } from "./tails";
import { afterTelling, isSame, type News, newsOf, type WatchedJob, withoutStale, withWatched } from "./watched";
import type { WatchedFile } from "./watchedFile";

export interface WatcherDeps {
  readonly jobs: Pick<Jobs, "state" | "onChange" | "look">;
  readonly tails: Pick<Tails, "badLoss" | "grewAt" | "onChange">;
  readonly file: WatchedFile;
  readonly clock: Clock;
  connection(host: HostRef): HostState;
  /** A host of a demo fleet that is over is none. */
  exists(host: HostRef): Promise<boolean>;
  /** Silence that is worth telling; undefined: none is. */
  stalledAfterMs(): number | undefined;
  /** Called in one window only for each piece of news. */
  tell(watched: WatchedJob, news: Exclude<News, { kind: "gone" }>): void;
  /** A file that cannot be written, as where the disk is full. */
  onError(error: unknown): void;
}

/** Looks at hosts with watched jobs, connecting only where nobody has to answer, and tells what happens to them. */
export interface JobWatcher extends Disposable {
  /** Reads the list anew: another window may have left jobs, or told of some. */
  reload(): Promise<void>;
  watch(host: HostRef, job: Pick<Job, "id" | "name">): Promise<void>;
  unwatch(host: HostRef, id: string): Promise<void>;
  list(): readonly WatchedJob[];
  readonly onChange: Event<void>;
}

/** Jobs that nobody could ask about for so long are forgotten. */
const keptMs = 30 * 24 * 3_600_000;

export function createJobWatcher(deps: WatcherDeps): JobWatcher {
  const { jobs, tails, file, clock } = deps;
  const store = new DisposableStore();
  const changes = store.add(new Emitter<void>());
  const looks = new Map<string, Disposable>();
  const alarm = store.add(new MutableDisposable<Disposable>());
  /** When this window began to listen to a job that has said nothing since. */
  const listeningSince = new Map<string, number>();
  const claiming = new Set<WatchedJob>();
  let list: readonly WatchedJob[] = [];
  let isOver = false;

  const keyOf = ({ host, id }: Pick<WatchedJob, "host" | "id">) => `${hostId(host)} ${id}`;

  const silentMs = (watched: WatchedJob): number | undefined => {
    const job = jobs.state(watched.host).jobs?.find(({ id }) => id === watched.id);
    const key = keyOf(watched);
    if (job?.state !== "running" || deps.connection(watched.host).kind !== "connected") {
      listeningSince.delete(key);
      return undefined;
    }
    const began = listeningSince.get(key) ?? clock.monotonic();
    listeningSince.set(key, began);
    return clock.monotonic() - Math.max(began, tails.grewAt(watched.host, watched.id) ?? began);
  };

  const check = (watched: WatchedJob): void => {
    const badLoss = tails.badLoss(watched.host, watched.id);
    const silent = silentMs(watched);
    const sight = {
      state: jobs.state(watched.host),
      ...(badLoss === undefined ? {} : { badLoss }),
      ...(silent === undefined ? {} : { silentMs: silent }),
    };
    const news = newsOf(watched, sight, deps.stalledAfterMs());
    if (news) void claim(watched, news);
  };

  /** Only the window that changes the list tells. */
  const claim = async (watched: WatchedJob, news: News): Promise<void> => {
    if (claiming.has(watched)) return;
    claiming.add(watched);
    try {
      const after = await file.change((all) => afterTelling(all, watched, news));
      if (after && news.kind !== "gone") deps.tell(watched, news);
      await adopt(after ?? (await file.read()));
    } catch (error) {
      deps.onError(error);
    } finally {
      claiming.delete(watched);
    }
  };

  const checkAll = (): void => {
    for (const watched of list) check(watched);
    arm();
  };

  /** Wakes when the first of them has been silent for long enough. */
  const arm = (): void => {
    const after = deps.stalledAfterMs();
    const waits = list.flatMap((watched) => {
      const silent = watched.told.includes("stalled") ? undefined : silentMs(watched);
      return silent === undefined || after === undefined ? [] : Math.max(1000, after - silent);
    });
    alarm.replace(waits.length === 0 ? undefined : clock.after(Math.min(...waits), checkAll));
  };

  const adopt = async (jobsNow: readonly WatchedJob[]): Promise<void> => {
    // The same object for what stays the same, so that a claim under way is known again.
    list = jobsNow.map(
      (job) => list.find((known) => isSame(known, job) && known.told.length === job.told.length) ?? job,
    );
    const hosts = new Map(list.map(({ host }) => [hostId(host), host]));
    for (const [id, look] of looks) {
      if (hosts.has(id)) continue;
      looks.delete(id);
      look.dispose();
    }
    for (const [id, host] of hosts) {
      if (looks.has(id) || !(await deps.exists(host))) continue;
      if (isOver) return;
      if (!looks.has(id)) looks.set(id, jobs.look(host, { quiet: true }));
    }
    changes.fire();
    checkAll();
  };

  const change = async (edit: (all: readonly WatchedJob[]) => readonly WatchedJob[]): Promise<void> => {
    const after = await file.change(edit);
    if (after) await adopt(after);
  };

  store.add(
    jobs.onChange((host) => {
      for (const watched of list) if (hostId(watched.host) === hostId(host)) check(watched);
      arm();
    }),
  );
  store.add(
    tails.onChange(({ host, id }) => {
      const watched = list.find((one) => isSame(one, { host, id }));
      if (watched) check(watched);
    }),
  );
  store.add(
    toDisposable(() => {
      isOver = true;
      for (const look of looks.values()) look.dispose();
      looks.clear();
    }),
  );

  return {
    async reload() {
      const all = await file.read();
      const kept = withoutStale(all, clock.now(), keptMs);
      if (kept.length < all.length) await change((now) => withoutStale(now, clock.now(), keptMs));
      else await adopt(all);
    },
    watch: (host, { id, name }) =>
      change((all) => withWatched(all, { host, id, name, since: new Date(clock.now()).toISOString(), told: [] })),
    unwatch: (host, id) => change((all) => all.filter((job) => !isSame(job, { host, id }))),
    list: () => list,
    onChange: changes.event,
    dispose: () => store.dispose(),
  };
}
