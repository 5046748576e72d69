import type { Job, JobReason } from "../../shared/jobs";

/** How far a job is, as its own output says. */
export interface JobProgress {
  readonly done: number;
  readonly total: number;
  /** 0 to 1; counts what inner loops have done of the present step. */
  readonly fraction: number;
  readonly etaSeconds?: number;
  /** Steps a second. */
  readonly rate?: number;
  readonly label?: string;
}

/** Why a job ended as it did, for people. */
export interface JobCause {
  readonly reason?: JobReason;
  /** One plain sentence. */
  readonly message: string;
  /** What can be done about it. */
  readonly advice?: string;
}

/** Reads a job's output as it comes, in any pieces. */
export interface OutputReader<T> {
  feed(chunk: Uint8Array): void;
  current(): T | undefined;
}

/** What makes sense of a job's output. */
export interface Readers {
  progress(): OutputReader<JobProgress>;
  /** The first loss that is no number, as it was printed. */
  badLoss(): OutputReader<string>;
  /** `tail`: the end of its log. */
  cause(job: Job, tail: string): JobCause;
}
