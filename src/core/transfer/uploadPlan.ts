import { stat } from "node:fs/promises";
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
  /** Only to see what would move: an upload of the same source that runs at present is not disturbed. */
  readonly look?: boolean;
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
  /** The root is not there yet. */
  readonly isNew: boolean;
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
  /** What the rules leave out and the host has beside what is synced, without what is in such folders. */
  readonly ignoredThere: readonly TreeEntry[];
  /** Bytes that will be sent. */
  readonly bytes: number;
  readonly warnings: readonly TransferWarning[];
  readonly stage: string;
  /** The local entry of this path, where it goes to the host or is there already. */
  entry(path: string): TreeEntry | undefined;
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
  const walking = walkLocal(deps, from, { ignore: request.ignore === true, as: only, signal });
  const hasRules = request.ignore && (await stat(from).catch(() => undefined))?.isDirectory();
  const [local, there] = hasRules
    ? await Promise.all([walking, surveyBeside(deps, runner, request, walking, signal)])
    : [await walking, await surveyWhole(deps, runner, request, await walking, signal)];
  if (there.kind === "file" || there.kind === "other") throw new Failure({ reason: "hostNotAFolder", path: to });
  const warnings = [...local.warnings, ...there.warnings];
  const changes = compare(deps, local, there, warnings);
  const known = new Map(local.entries.map((entry) => [entry.path, entry]));
  const { ignored, gone } = await onlyThere(local, there, known);
  return {
    root: there.root,
    isNew: there.kind === "none",
    stage: there.stage,
    pathOf: local.pathOf,
    entry: (path) => known.get(path),
    ...changes,
    ...(request.delete
      ? await whatGoes(deps, runner, local, there.root, gone, signal)
      : { delete: [], deleteFolders: [] }),
    ignoredThere: ignored,
    bytes: changes.upload.reduce((sum, { size, offset }) => sum + size - offset, 0),
    warnings,
  };
}

function surveyWhole(
  deps: TransferDeps,
  runner: Runner,
  { from, to, look = false }: UploadRequest,
  { isFile }: LocalTree,
  signal: AbortSignal,
): Promise<Survey> {
  const place = isFile ? { root: posix.dirname(to), only: posix.basename(to) } : { root: to };
  return survey(deps, runner, { ...place, from, look }, signal);
}

/** With rules only folders that are here are looked into: what the rules leave out may be a dataset of millions of files. */
function surveyBeside(
  deps: TransferDeps,
  runner: Runner,
  { from, to, look = false }: UploadRequest,
  walking: Promise<LocalTree>,
  signal: AbortSignal,
): Promise<Survey> {
  const paths = walking.then(({ entries }) => [
    "",
    ...entries.flatMap(({ kind, path }) => (kind === "folder" ? [path] : [])),
  ]);
  // Nobody waits for them where the host cannot be asked.
  paths.catch(() => {});
  return survey(deps, runner, { root: to, from, look, folders: { extent: "names", paths } }, signal);
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

/** What of the folders that were looked at only the host has. */
async function onlyThere(local: LocalTree, { entries }: Survey, here: ReadonlyMap<string, TreeEntry>) {
  const unreadable = new Set(local.warnings.map(({ path }) => path));
  const gone: TreeEntry[] = [];
  const ignored: TreeEntry[] = [];
  for (const entry of entries) {
    const { path, kind } = entry;
    if (here.has(path) || unreadable.has(path) || path.includes("\ufffd")) continue;
    ((await local.ignored(path, kind === "folder")) ? ignored : gone).push(entry);
  }
  return { gone, ignored };
}

async function whatGoes(
  deps: TransferDeps,
  runner: Runner,
  local: LocalTree,
  root: string,
  gone: readonly TreeEntry[],
  signal: AbortSignal,
): Promise<Pick<UploadPlan, "delete" | "deleteFolders">> {
  const all = new Map(gone.map(({ path, kind }) => [path, kind]));
  const paths = gone.flatMap(({ kind, path }) => (kind === "folder" ? [path] : []));
  if (paths.length > 0) {
    const below = await survey(
      deps,
      runner,
      { root, folders: { extent: "below", paths: Promise.resolve(paths) } },
      signal,
    );
    for (const { path, kind } of below.entries) {
      if (!path.includes("\ufffd") && !(await local.ignored(path, kind === "folder"))) all.set(path, kind);
    }
  }
  const files: string[] = [];
  const folders: string[] = [];
  for (const [path, kind] of all) (kind === "folder" ? folders : files).push(path);
  // The deepest first: a folder goes only when it is empty.
  return { delete: files, deleteFolders: folders.reverse() };
}
