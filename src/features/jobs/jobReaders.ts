import type { JobCause, JobProgress, MetricSeries } from "../../shared/jobPanel";
import type { Job } from "../../shared/jobs";

/** Reads output as it comes, in chunks cut anywhere. */
export interface OutputReader {
  feed(chunk: Uint8Array): void;
  /** What follows does not continue what was fed. */
  gap(): void;
  progress(): JobProgress | undefined;
  /** NaN and Infinity are as they are. */
  metrics(): readonly NumberSeries[];
  alarms(): { readonly brokenLoss?: { readonly name: string; readonly value: number; readonly step?: number } };
}

export interface NumberSeries extends Pick<MetricSeries, "name" | "axis"> {
  readonly points: readonly (readonly [number, number])[];
}

/** What is read from a job's output beside showing it. */
export interface JobReaders {
  /** One that has read nothing. */
  output(): OutputReader;
  /** Why a job ended badly; `tail` is the end of its output. */
  cause(job: Job, tail: string): JobCause | undefined;
}
