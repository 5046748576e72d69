import type { Job } from "../../shared/jobs";
import type { Event } from "../event";
import type { Problem } from "../failure";
import type { Disposable } from "../lifecycle";
import type { HostRef } from "../ports";
import type { JobRequest } from "./request";

/** What is known of a host's jobs. */
export interface HostJobs {
  /** Newest first; absent: not looked at. */
  readonly jobs?: readonly Job[];
  /** GPU tickets and the scheduler's jobs of other users. */
  readonly others?: readonly Job[];
  /** `Clock.now()` of the last word from the host. */
  readonly readAt?: number;
  readonly isReading: boolean;
  /** Why the last reading failed; what was known before stays. */
  readonly problem?: Problem;
}

/** A beginning of a running job's log that nobody follows: its newest bytes, for progress and metrics. */
export interface LogTail {
  readonly host: HostRef;
  readonly id: string;
  /** Position behind the last byte. */
  readonly logBytes: number;
  readonly bytes: Uint8Array;
}

export interface LogSink {
  /**
   * Bytes of the log as they come, without gap or repetition; they are the sink's from now on. A promise holds the log back
   * until it resolves; what it rejects with ends the following.
   */
  data(chunk: Uint8Array): void | Promise<void>;
  /** Following was interrupted, and goes on by itself from where it stopped. */
  interrupted?(problem: Problem): void;
  resumed?(): void;
}

/** The jobs of all hosts. Nothing is read while nobody looks; the client holds no truth that the host does not have. */
export interface Jobs extends Disposable {
  /** Without reading anything. */
  state(host: HostRef): HostJobs;
  readonly onChange: Event<HostRef>;
  /** New bytes of running jobs on hosts that somebody looks at, at most once a second each. */
  readonly onTail: Event<LogTail>;
  /**
   * Keeps the host connected and its jobs current, all over one channel, for as long as it lives.
   * `quiet`: connects only where no question has to be answered.
   */
  look(host: HostRef, options?: { readonly quiet?: boolean }): Disposable;
  /** Reads once. @throws Failure */
  refresh(host: HostRef, signal: AbortSignal): Promise<HostJobs>;
  /**
   * Resolves once the host has it, queued or running. After a lost connection it is sent again: the id makes it one.
   * @throws Failure
   */
  submit(host: HostRef, request: JobRequest, signal: AbortSignal): Promise<Job>;
  /** One job as the host knows it now, and the settings it was submitted with. @throws Failure `jobUnknown` */
  get(host: HostRef, id: string, signal: AbortSignal): Promise<{ readonly job: Job; readonly settings?: string }>;
  /**
   * Resolves with how it ended, after the last byte of its log. Goes on after a lost connection; aborting only stops looking.
   * @throws Failure
   */
  follow(host: HostRef, id: string, fromByte: number, sink: LogSink, signal: AbortSignal): Promise<Job>;
  /** `length` bytes of the log at most, from `fromByte` on; for paging in a log that is too big to load. @throws Failure */
  readLog(host: HostRef, id: string, fromByte: number, length: number, signal: AbortSignal): Promise<Uint8Array>;
  /** (time, bytes) of the log, one a minute: where in the log a time is. @throws Failure */
  logIndex(host: HostRef, id: string, signal: AbortSignal): Promise<readonly { at: string; bytes: number }[]>;
  /** Resolves once no process of it runs any more, or says in `leftovers` which could not be stopped. @throws Failure */
  stop(host: HostRef, id: string, signal: AbortSignal): Promise<Job>;
  /** Removes jobs that have ended, with their logs, snapshots and results. @throws Failure `jobRunning`, `jobUnknown` */
  remove(host: HostRef, ids: readonly string[], signal: AbortSignal): Promise<void>;
}
