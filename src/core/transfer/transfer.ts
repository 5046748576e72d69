import type { Clock } from "../clock";
import type { ClientFacts } from "../ports";

/** What stands in a tree of files, on either side. Paths are relative to the root and separated by `/`. */
export type TreeEntry = FileEntry | FolderEntry | LinkEntry;

export interface FileEntry {
  readonly kind: "file";
  readonly path: string;
  readonly size: number;
  /** Seconds since the epoch of the last change. */
  readonly mtime: number;
  /** Permission bits. */
  readonly mode: number;
}

export interface FolderEntry {
  readonly kind: "folder";
  readonly path: string;
  readonly mode: number;
}

export interface LinkEntry {
  readonly kind: "link";
  readonly path: string;
  /** What it points to; unknown for a link on the host until it is read. */
  readonly target?: string;
}

/** Something that was left out or went its own way, while the rest went on. `words/transfer.ts` has the sentences. */
export interface TransferWarning {
  readonly path: string;
  readonly reason: TransferWarningReason;
}

export type TransferWarningReason =
  | "lineBreakInName"
  | "nameNotText"
  | "nameUnusableHere"
  | "sameNameHere"
  | "leavesFolder"
  | "linkLeaves"
  | "linksUnsupported"
  | "throughLink"
  | "specialFile"
  | "unreadable"
  | "unwritable"
  | "inTheWay"
  | "changedMeanwhile";

export interface TransferProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly doneFiles: number;
  readonly totalFiles: number;
  /** The file that moves now. */
  readonly current?: string;
}

export interface TransferOptions {
  /** Called at most ten times a second, and once at the end. */
  onProgress?(progress: TransferProgress): void;
  readonly signal: AbortSignal;
}

export interface TransferResult {
  readonly files: number;
  /** Bytes that were sent or received this time. */
  readonly bytes: number;
  readonly deleted: number;
  readonly warnings: readonly TransferWarning[];
}

/** What moving files stands on. */
export interface TransferDeps {
  readonly client: ClientFacts;
  readonly clock: Clock;
}

/** A file of at least so many bytes gets a channel of its own and is resumed in its middle. */
export const bigFileBytes = 32 * 1024 * 1024;

/** Bytes read, written or sent in one piece. */
export const blockBytes = 1024 * 1024;

/** Names that Tensorline gives to what is not complete; such names never move. */
export const isOwnName = (name: string): boolean => /^\.tensorline-[0-9a-f]{16}$/.test(name);
