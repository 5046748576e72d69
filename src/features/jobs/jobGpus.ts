import type { Clock } from "../../core/clock";
import type { GpuWatch, GpuWatches } from "../../core/gpu/watch";
import { type Disposable, DisposableStore, MutableDisposable } from "../../core/lifecycle";
import type { HostRef } from "../../core/ports";
import { sentence } from "../../core/words";
import type { JobGpus } from "../../shared/jobPanel";
import { hasEnded, type Job } from "../../shared/jobs";
import { type GpuLife, seldomMs } from "./gpuLife";
import { beganAt, type GpuLives } from "./gpuLives";
import { createThrottle } from "./throttle";

/** The GPUs of one job for its panel: what was seen of them, and what is sampled while somebody looks. */
export interface JobGpuReader extends Disposable {
  /** `tab`: the reader looks at them; otherwise they are read seldom, so that there is a life to show later. */
  look(job: Job | undefined, tab: boolean): void;
  /** Nobody looks. */
  rest(): void;
}

export interface JobGpuPorts {
  readonly gpus: Pick<GpuWatches, "watch">;
  readonly lives: Pick<GpuLives, "of">;
  readonly clock: Clock;
  /** Milliseconds between readings that somebody looks at. */
  beatMs(): number;
}

const tellEveryMs = 1000;

export function createJobGpus(host: HostRef, ports: JobGpuPorts, tell: (gpus: JobGpus) => void): JobGpuReader {
  const store = new DisposableStore();
  const watch = store.add(new MutableDisposable<GpuWatch>());
  let life: GpuLife | undefined;
  let wanted = false;

  const tellNow = () => {
    if (!wanted) return;
    const problem = watch.value?.problem();
    tell({
      ...(life?.readings() ?? { times: [], gpus: [] }),
      ...(problem ? { problem: { reason: problem.reason, message: sentence(problem) } } : {}),
    });
  };
  const telling = store.add(createThrottle(ports.clock, tellEveryMs, tellNow));

  /** Samples of the host go into the life from now on. */
  function sample(known: GpuLife, since: number): void {
    const next = ports.gpus.watch(host, seldomMs);
    known.seed(next.history(), since);
    next.onSample(({ time, report }) => {
      known.add(time, report);
      telling.ask();
    });
    next.onProblem(() => telling.ask());
    watch.replace(next);
  }

  return {
    look(job, tab) {
      wanted = tab;
      const before = life;
      life = job && (job.gpus ?? []).length > 0 ? ports.lives.of(host, job) : undefined;
      if (!job || !life || hasEnded(job)) watch.replace(undefined);
      else {
        if (life !== before || !watch.value) sample(life, beganAt(job));
        watch.value?.setBeat(tab ? ports.beatMs() : seldomMs);
      }
      telling.ask();
    },
    rest() {
      wanted = false;
      watch.replace(undefined);
    },
    dispose: () => store.dispose(),
  };
}
