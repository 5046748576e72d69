import { isLossName, type Measured } from "./pairs";

/** What somebody who does not watch would want to be told. Each is told at its first time. */
export interface Alarms {
  /** A loss became NaN or infinite. */
  readonly brokenLoss?: { readonly name: string; readonly value: number; readonly step?: number };
  /** A Python traceback began. */
  readonly traceback?: true;
  /** A GPU had no memory left; the program may have gone on. */
  readonly gpuOutOfMemory?: true;
}

export interface AlarmReader {
  line(text: string): void;
  measured(measured: Measured): void;
  /** Output came, whatever it was; `at` in milliseconds of a clock that only grows. */
  data(at: number): void;
  current(): Alarms;
  /** Milliseconds since the last output, once there are at least `afterMs`; silent from the beginning counts from `since`. */
  stalledFor(at: number, afterMs: number): number | undefined;
}

/** PyTorch ("CUDA out of memory", "HIP out of memory", OutOfMemoryError), JAX and TensorFlow (RESOURCE_EXHAUSTED, OOM when allocating), CUDA's own names. */
const gpuMemory =
  /\b(?:CUDA|HIP|XPU)(?: error:)? out of memory\b|\btorch(?:\.cuda)?\.OutOfMemoryError\b|RESOURCE_EXHAUSTED: (?:Out of memory|OOM)|\bOOM when allocating\b|cudaErrorMemoryAllocation|(?:CUBLAS|CUDNN|CUSOLVER)_STATUS_ALLOC_FAILED/;

export function saysGpuMemory(line: string): boolean {
  return /emory|OOM|_ALLOC/.test(line) && gpuMemory.test(line);
}

/** `since`: when the job began to be watched, by the same clock. */
export function createAlarmReader(since: number): AlarmReader {
  let alarms: Alarms = {};
  let heardAt = since;
  return {
    line(text) {
      if (!alarms.traceback && /Traceback \(most recent call last\)/.test(text))
        alarms = { ...alarms, traceback: true };
      if (!alarms.gpuOutOfMemory && saysGpuMemory(text)) alarms = { ...alarms, gpuOutOfMemory: true };
    },
    measured({ values, step }) {
      if (alarms.brokenLoss) return;
      for (const [name, value] of values) {
        if (Number.isFinite(value) || !isLossName(name)) continue;
        alarms = { ...alarms, brokenLoss: { name, value, ...(step === undefined ? {} : { step }) } };
        return;
      }
    },
    data: (at) => {
      heardAt = at;
    },
    current: () => alarms,
    stalledFor: (at, afterMs) => (at - heardAt >= afterMs ? at - heardAt : undefined),
  };
}
