import type { Disposable } from "../lifecycle";
import type { Runner } from "../remote";

/**
 * Work on a host that takes a while: creating an environment, installing packages. It runs in a session of its own there, and
 * goes on when the connection is lost or the editor closed; its output is a file on the host that can be followed again from
 * any byte. What it has half done is undone on the host itself, whoever looks.
 */
export interface OperationRequest {
  /** Made by the client: starting the same one twice starts it once. Letters, digits and dashes. */
  readonly id: string;
  /** For people: `Creating the environment train`. One line, 200 characters at most. */
  readonly title: string;
  /**
   * POSIX shell text of the work, with `$1`, `$2`, … its parameters; it starts in the home folder. Exit code 0 is success. It
   * and its undo find the id in the variable TENSORLINE_OPERATION.
   */
  readonly script: string;
  /** Words that the script works with; never part of its text. None may hold a line feed or a NUL. */
  readonly parameters: readonly string[];
  /**
   * Variables of the work, not of its undo: passwords. They are held in memory alone, never in a file, an argument, a log or
   * what `list` tells.
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Run with the same parameters when the work failed, was cancelled or died: leaves nothing half-made behind. */
  readonly undo?: string;
}

export type OperationState = "running" | "succeeded" | "failed" | "cancelled" | "lost";

/** An operation as the host remembers it. Times are ISO 8601 UTC, by the host's clock. */
export interface Operation {
  readonly id: string;
  readonly title: string;
  readonly state: OperationState;
  readonly startedAt?: string;
  /** Absent while it runs, and for a lost one while it is being undone. */
  readonly endedAt?: string;
  /** Exit code of the work, not of its undoing. */
  readonly exitCode?: number;
  /** Undoing failed, or a process could not be stopped: something may be left. */
  readonly leftovers?: true;
}

export interface OperationSink {
  /** Bytes of the log as they come, without gap or repetition. */
  output(chunk: Uint8Array): void;
  /** Following was interrupted, and goes on by itself from where it stopped. */
  interrupted?(): void;
}

/** The operations of one host. Everything rejects with a `Failure`. */
export interface Operations {
  /**
   * Resolves once the host runs it, or found that it already did.
   * @throws Failure `operationUnusable`, `hostLacksTool`, `hostDiskFull` and its like
   */
  start(request: OperationRequest, signal: AbortSignal): Promise<void>;
  /**
   * Resolves with how it ended, after the last byte of its log. Goes on after a lost connection; rejects when the host is
   * offline. Aborting only stops looking.
   */
  follow(id: string, fromByte: number, sink: OperationSink, signal: AbortSignal): Promise<Operation>;
  /** Resolves once nothing of it runs any more and what it did is undone. */
  cancel(id: string, signal: AbortSignal): Promise<Operation>;
  /** Newest first. */
  list(signal: AbortSignal): Promise<readonly Operation[]>;
  /** Removes one that has ended, with its log. @throws Failure `operationRunning`, `operationUnknown` */
  forget(id: string, signal: AbortSignal): Promise<void>;
}

/** What following needs of a host: its runner, now or again after the connection came back. */
export interface OperationHost extends Disposable {
  connected(signal: AbortSignal): Promise<Runner>;
}
