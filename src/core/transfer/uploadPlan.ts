import { posix } from "node:path";
import { Failure } from "../failure";
import type { Runner } from "../remote";
import { type LocalTree, walkLocal } from "./localTree";
import { type Survey, shortHash, survey } from "./survey";
import type { FileEntry, TransferDeps, TransferWarning, TreeEntry } from "./transfer";

export interface UploadRequest {
  /** Local file or folder. */
  readonly from: string;
  /** What it becomes on the host: absolute, relative to the home folder or with `~`. */
  readonly to: string;
  /** Leave out what `.gitignore` and `.tensorlineignore` name, and `.git`. */
  readonly ignore?: boolean;
  /** Delete what is only on the host and not ignored. */
  readonly delete?: boolean;
}

/** A file that will be sent. */
export interface FileToSend extends FileEntry {
  /** Bytes that the host has of it from an upload that did not end. */
  readonly offset: number;
  /** The name of its part on the host. */
  readonly part: string;
}

/** What an upload would do, before anything is written. */
export interface UploadPlan {
  /** The folder on the host that paths are relative to. */
  readonly root: string;
  /** Files to send, the changed and the new ones. */
  readonly upload: readonly FileToSend[];
  /** Complete on the host already, from an upload that did not end. */
  readonly arrived: readonly FileEntry[];
  readonly links: readonly TreeEntry[];
  readonly newFolders: readonly TreeEntry[];
  /** Files on the host that go. */
  readonly delete: readonly string[];
  readonly deleteFolders: readonly string[];
  /** Of `upload`: what replaces a file of the host that was changed later than the local one. */
  readonly newerOnHost: readonly string[];
  /** Bytes that will be sent. */
  readonly bytes: number;
  readonly warnings: readonly TransferWarning[];
  readonly stage: string;
  pathOf(entry: TreeEntry): string;
}

/**
 * Compares a local file or folder with what is on the host, by size, time and executable bits.
 * @throws Failure of `walkLocal` and `survey`, `hostNotAFolder`
 */
export async function planUpload(
  deps: TransferDeps,
  runner: Runner,
  request: UploadRequest,
  signal: AbortSignal,
): Promise<UploadPlan> {
  const { from, to } = request;
  const only = posix.basename(to);
  const local = await walkLocal(deps, from, { ignore: request.ignore === true, as: only, signal });
  const there = await survey(
    deps,
    runner,
    local.isFile ? { root: posix.dirname(to), only, from } : { root: to, from },
    signal,
  );
  if (there.kind === "file" || there.kind === "other") throw new Failure({ reason: "hostNotAFolder", path: to });
  const warnings = [...local.warnings, ...there.warnings];
  const changes = compare(deps, local, there, warnings);
  const deletions = request.delete ? await whatGoes(local, there) : { delete: [], deleteFolders: [] };
  return {
    root: there.root,
    stage: there.stage,
    pathOf: local.pathOf,
    ...changes,
    ...deletions,
    bytes: changes.upload.reduce((sum, { size, offset }) => sum + size - offset, 0),
    warnings,
  };
}

function compare(deps: TransferDeps, local: LocalTree, there: Survey, warnings: TransferWarning[]) {
  const remote = new Map(there.entries.map((entry) => [entry.path, entry]));
  const staged = new Map(there.staged.map((entry) => [entry.path, entry]));
  const upload: FileToSend[] = [];
  const arrived: FileEntry[] = [];
  const links: TreeEntry[] = [];
  const newFolders: TreeEntry[] = [];
  const newerOnHost: string[] = [];
  let blocked = "/";
  for (const entry of local.entries) {
    if (entry.path.startsWith(blocked)) continue;
    const other = remote.get(entry.path);
    const isBlocked = entry.kind === "folder" ? other?.kind === "file" : other?.kind === "folder";
    if (isBlocked) {
      warnings.push({ path: entry.path, reason: "inTheWay" });
      if (entry.kind === "folder") blocked = `${entry.path}/`;
    } else if (entry.kind === "link") links.push(entry);
    else if (entry.kind === "folder") {
      if (!other) newFolders.push(entry);
    } else {
      const file = { ...entry, mode: modeThere(deps, entry, other) };
      if (isSame(file, other)) continue;
      if (other?.kind === "file" && other.mtime > entry.mtime) newerOnHost.push(entry.path);
      if (isSame(file, staged.get(entry.path))) arrived.push(file);
      else upload.push({ ...file, ...partOf(file, there.parts) });
    }
  }
  return { upload, arrived, links, newFolders, newerOnHost };
}

/** Windows has no modes: what is replaced keeps its own. */
function modeThere({ client }: TransferDeps, entry: FileEntry, other: TreeEntry | undefined): number {
  if (client.os !== "win32") return entry.mode;
  return other?.kind === "file" ? other.mode : 0o644;
}

function isSame(file: FileEntry, other: TreeEntry | undefined): boolean {
  return (
    other?.kind === "file" &&
    other.size === file.size &&
    other.mtime === file.mtime &&
    (other.mode & 0o100) === (file.mode & 0o100)
  );
}

/** The name says which file the part is of, as it was: another size or time, another part. */
function partOf({ path, size, mtime }: FileEntry, parts: Survey["parts"]): { part: string; offset: number } {
  const part = shortHash(path, size, mtime);
  const offset = parts.get(part) ?? 0;
  return { part, offset: offset <= size ? offset : 0 };
}

async function whatGoes(local: LocalTree, there: Survey): Promise<Pick<UploadPlan, "delete" | "deleteFolders">> {
  const here = new Set(local.entries.map(({ path }) => path));
  for (const { path } of local.warnings) here.add(path);
  const gone: string[] = [];
  const goneFolders: string[] = [];
  for (const { path, kind } of there.entries) {
    if (here.has(path) || path.includes("\ufffd") || (await local.ignored(path, kind === "folder"))) continue;
    (kind === "folder" ? goneFolders : gone).push(path);
  }
  // The deepest first: a folder goes only when it is empty.
  return { delete: gone, deleteFolders: goneFolders.reverse() };
}
