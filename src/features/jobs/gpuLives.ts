import type { Clock } from "../../core/clock";
import type { Event } from "../../core/event";
import type { GpuWatches } from "../../core/gpu/watch";
import type { Jobs } from "../../core/jobs/jobs";
import { type Disposable, DisposableStore, MutableDisposable, toDisposable } from "../../core/lifecycle";
import type { HostRef } from "../../core/ports";
import type { Job } from "../../shared/jobs";
import { createGpuLife, type GpuLife, seldomMs } from "./gpuLife";
import type { GpuLifeFiles } from "./gpuLifeFiles";
import { jobKey } from "./jobWords";
import type { WatchedJob } from "./watched";

/**
 * What this computer saw of the GPUs of jobs. The GPUs of watched jobs are read seldom while they run, whether a panel is open
 * or not; what was seen outlives the window.
 */
export interface GpuLives extends Disposable {
  /** Everybody who sees something of these GPUs adds it here. */
  of(host: HostRef, job: Job): GpuLife;
}

export interface GpuLivesDeps {
  readonly jobs: Pick<Jobs, "state" | "onChange">;
  readonly watched: { list(): readonly WatchedJob[]; readonly onChange: Event<void> };
  readonly gpus: Pick<GpuWatches, "watch">;
  readonly files: GpuLifeFiles;
  readonly clock: Clock;
}

/** Milliseconds after which what is new is written. */
const saveMs = 60_000;
/** More are read from their files again. */
const mostLives = 50;

/** When the job got its GPUs; milliseconds since the epoch. */
export const beganAt = ({ startedAt, submittedAt }: Job): number => Date.parse(startedAt ?? submittedAt);

export function createGpuLives({ jobs, watched, gpus, files, clock }: GpuLivesDeps): GpuLives {
  const store = new DisposableStore();
  const lives = new Map<string, GpuLife>();
  const samplings = new Map<string, Disposable>();
  const unsaved = new Map<string, GpuLife>();
  const saving = store.add(new MutableDisposable<Disposable>());

  const save = (): void => {
    saving.replace(undefined);
    for (const [jobId, life] of unsaved) files.write(jobId, life.readings());
    unsaved.clear();
  };

  const open = ({ id, gpus: wanted = [] }: Job): GpuLife => {
    const kept = files.read(id);
    const life = createGpuLife(wanted, kept?.gpus.length === wanted.length ? kept : undefined);
    return {
      ...life,
      add(time, report) {
        life.add(time, report);
        unsaved.set(id, life);
        if (!saving.value) saving.replace(clock.after(saveMs, save));
      },
    };
  };

  const of = (host: HostRef, job: Job): GpuLife => {
    // A job that waited had none.
    const key = `${jobKey(host, job.id)} ${JSON.stringify(job.gpus)}`;
    const known = lives.get(key);
    if (known) return known;
    const [oldest] = lives.keys();
    if (oldest !== undefined && lives.size >= mostLives) {
      save();
      lives.delete(oldest);
    }
    const life = open(job);
    lives.set(key, life);
    return life;
  };

  const sample = (host: HostRef, job: Job): Disposable => {
    const life = of(host, job);
    const watch = gpus.watch(host, seldomMs, { quiet: true });
    life.seed(watch.history(), beganAt(job));
    watch.onSample(({ time, report }) => life.add(time, report));
    return watch;
  };

  const follow = (): void => {
    const wanted = new Map(
      watched.list().flatMap(({ host, id }) => {
        const job = jobs.state(host).jobs?.find((one) => one.id === id);
        const has = job?.state === "running" && (job.gpus ?? []).length > 0;
        return has ? [[jobKey(host, id), { host, job }] as const] : [];
      }),
    );
    for (const [key, sampling] of samplings) {
      if (wanted.has(key)) continue;
      samplings.delete(key);
      sampling.dispose();
    }
    for (const [key, { host, job }] of wanted) if (!samplings.has(key)) samplings.set(key, sample(host, job));
  };

  store.add(jobs.onChange(follow));
  store.add(watched.onChange(follow));
  store.add(
    toDisposable(() => {
      for (const sampling of samplings.values()) sampling.dispose();
      samplings.clear();
      save();
    }),
  );
  return { of, dispose: () => store.dispose() };
}
