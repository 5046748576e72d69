import type { Clock } from "../../core/clock";
import type { GpuWatch, GpuWatches } from "../../core/gpu/watch";
import { type Disposable, DisposableStore, MutableDisposable } from "../../core/lifecycle";
import type { HostRef } from "../../core/ports";
import { sentence } from "../../core/words";
import type { JobGpus } from "../../shared/jobPanel";
import { hasEnded, type Job, type JobGpu } from "../../shared/jobs";
import { createGpuLife, type GpuLife } from "./gpuLife";
import { createThrottle } from "./throttle";

/** The GPUs of one job, sampled while it runs and somebody looks at the panel. */
export interface JobGpuReader extends Disposable {
  /** `tab`: the reader looks at them; otherwise they are read seldom, so that there is a life to show later. */
  look(job: Job | undefined, tab: boolean): void;
  /** Nobody looks. */
  rest(): void;
}

/** Nobody looks at the numbers themselves then. */
const seldomMs = 10_000;
const tellEveryMs = 1000;

export function createJobGpus(
  host: HostRef,
  ports: { readonly gpus: Pick<GpuWatches, "watch">; readonly clock: Clock; beatMs(): number },
  tell: (gpus: JobGpus) => void,
): JobGpuReader {
  const store = new DisposableStore();
  const watch = store.add(new MutableDisposable<GpuWatch>());
  let life: { readonly key: string; readonly life: GpuLife } | undefined;
  let wanted = false;

  const tellNow = () => {
    if (!wanted) return;
    const problem = watch.value?.problem();
    tell({
      ...(life?.life.readings() ?? { times: [], gpus: [] }),
      ...(problem ? { problem: { reason: problem.reason, message: sentence(problem) } } : {}),
    });
  };
  const telling = store.add(createThrottle(ports.clock, tellEveryMs, tellNow));

  /** The life of these GPUs, and a watch that adds to it. */
  function begin(gpus: readonly JobGpu[], since: number): void {
    const key = JSON.stringify(gpus);
    if (life?.key === key && watch.value) return;
    const next = ports.gpus.watch(host, seldomMs);
    const known = life?.key === key ? life.life : createGpuLife(gpus);
    if (life?.key !== key) known.seed(next.history(), since);
    life = { key, life: known };
    next.onSample((sample) => {
      known.add(sample.time, sample.report);
      telling.ask();
    });
    next.onProblem(() => telling.ask());
    watch.replace(next);
  }

  return {
    look(job, tab) {
      wanted = tab;
      const gpus = job?.gpus ?? [];
      if (!job || gpus.length === 0 || hasEnded(job)) {
        life?.life.breakOff();
        watch.replace(undefined);
        return telling.ask();
      }
      begin(gpus, Date.parse(job.startedAt ?? job.submittedAt));
      watch.value?.setBeat(tab ? ports.beatMs() : seldomMs);
      telling.ask();
    },
    rest() {
      wanted = false;
      life?.life.breakOff();
      watch.replace(undefined);
    },
    dispose: () => store.dispose(),
  };
}
