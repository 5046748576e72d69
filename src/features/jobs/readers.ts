import type { Job } from "../../shared/jobs";

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
  /** One plain sentence. */
  readonly message: string;
  /** What can be done about it. */
  readonly advice?: string;
}

/** Reads a job's output as it comes, in any pieces. */
export interface OutputReader {
  feed(chunk: Uint8Array): void;
  progress(): JobProgress | undefined;
  /** `brokenLoss`: the first one that is no number. */
  alarms(): { readonly brokenLoss?: { readonly name: string; readonly value: number } };
}

/** What makes sense of a job's output. */
export interface Readers {
  /** One that has read nothing. */
  output(): OutputReader;
  /** `tail`: the end of its log. Undefined where nothing needs an explanation. */
  cause(job: Job, tail: string): JobCause | undefined;
}
