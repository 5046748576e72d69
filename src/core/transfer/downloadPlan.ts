import { lstat } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { Failure } from "../failure";
import type { Runner } from "../remote";
import { refusalOf, sameNameKey } from "./names";
import { type Survey, survey } from "./survey";
import type { FileEntry, FolderEntry, LinkEntry, TransferDeps, TransferWarning, TreeEntry } from "./transfer";

export interface DownloadRequest {
  /** File or folder on the host: absolute, relative to the home folder or with `~`. */
  readonly from: string;
  /** What it becomes here. */
  readonly to: string;
}

/** What a download would do, before anything is written. */
export interface DownloadPlan {
  /** The folder on the host that paths are relative to. */
  readonly root: string;
  /** Files to receive, the changed and the new ones. */
  readonly download: readonly FileEntry[];
  readonly folders: readonly FolderEntry[];
  readonly links: readonly LinkEntry[];
  /** Of `download`: what replaces a file of this machine that was changed later than that of the host. */
  readonly newerHere: readonly string[];
  /** Bytes of the files; what has arrived of big ones before is found when they are received. */
  readonly bytes: number;
  readonly warnings: readonly TransferWarning[];
  /** Where an entry goes; never outside of what was asked for. */
  pathOf(path: string): string;
  /** The folder here that paths are relative to. */
  readonly folder: string;
}

/** Files looked at in one go. */
const batch = 64;

/**
 * Looks at what is on the host and what of it is here, by size and time. Names from the host are not trusted.
 * @throws Failure of `survey`, `hostNoSuchPath`, `cancelled`
 */
export async function planDownload(
  deps: TransferDeps,
  runner: Runner,
  { from, to }: DownloadRequest,
  signal: AbortSignal,
): Promise<DownloadPlan> {
  let there = await survey(deps, runner, { root: from }, signal);
  if (there.kind === "none" || there.kind === "other") throw new Failure({ reason: "hostNoSuchPath", path: from });
  const isFile = there.kind === "file";
  const name = posix.basename(there.root);
  if (isFile) there = await survey(deps, runner, { root: posix.dirname(there.root), only: name }, signal);
  const warnings = [...there.warnings];
  const wanted = isFile ? there.entries.filter(({ path }) => path === name) : acceptable(deps, there, warnings);
  const pathOf = (path: string) => (isFile ? to : join(to, path));
  const files = wanted.filter((entry) => entry.kind === "file");
  const isNew = (await lstat(to).catch(() => undefined)) === undefined;
  const download: FileEntry[] = [];
  const newerHere: string[] = [];
  for (let at = 0; at < files.length; at += batch) {
    if (signal.aborted) throw new Failure({ reason: "cancelled" });
    const some = files.slice(at, at + batch);
    const found = isNew ? [] : await Promise.all(some.map(({ path }) => lstat(pathOf(path)).catch(() => undefined)));
    for (const [index, file] of some.entries()) {
      const here = found[index];
      const mtime = here && Math.floor(here.mtimeMs / 1000);
      if (here?.isFile() && here.size === file.size && mtime === file.mtime) continue;
      if (here?.isDirectory()) {
        warnings.push({ path: file.path, reason: "inTheWay" });
        continue;
      }
      if (here?.isFile() && mtime !== undefined && mtime > file.mtime) newerHere.push(file.path);
      download.push(file);
    }
  }
  return {
    root: there.root,
    folder: isFile ? dirname(to) : to,
    download,
    folders: wanted.filter((entry) => entry.kind === "folder"),
    links: deps.client.os === "win32" ? [] : wanted.filter((entry) => entry.kind === "link"),
    newerHere,
    bytes: download.reduce((sum, { size }) => sum + size, 0),
    warnings,
    pathOf,
  };
}

/** What may get a name on this machine, each name once. */
function acceptable({ client }: TransferDeps, there: Survey, warnings: TransferWarning[]): TreeEntry[] {
  const taken = new Set<string>();
  return there.entries.filter((entry) => {
    const { path, kind } = entry;
    const key = sameNameKey(path, client.os);
    const refusal = refusalOf(path, client.os) ?? (taken.has(key) && kind !== "folder" ? "sameNameHere" : undefined);
    taken.add(key);
    if (refusal) warnings.push({ path, reason: refusal });
    else if (kind === "link" && client.os === "win32") warnings.push({ path, reason: "linksUnsupported" });
    else return true;
    return false;
  });
}
