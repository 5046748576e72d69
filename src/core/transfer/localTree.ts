import type { Dirent } from "node:fs";
import { lstat, readdir, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../failure";
import { type IgnoreRules, rulesOf } from "./ignoreRules";
import { linkStaysInside } from "./names";
import { isOwnName, type TransferDeps, type TransferWarning, type TreeEntry } from "./transfer";

/** A tree on this machine, folders before what is in them. */
export interface LocalTree {
  /** The entry is a single file, not what is in a folder. */
  readonly isFile: boolean;
  readonly entries: readonly TreeEntry[];
  readonly warnings: readonly TransferWarning[];
  /** The absolute path of an entry here. */
  pathOf(entry: TreeEntry): string;
  /** Whether something that is not here would have been left out. */
  ignored(path: string, isFolder: boolean): Promise<boolean>;
}

export interface WalkOptions {
  /** Leave out what `.gitignore` and `.tensorlineignore` name, and `.git`. */
  readonly ignore: boolean;
  /** What a single file is called in the tree. */
  readonly as: string;
  readonly signal: AbortSignal;
}

/** Looked at in one go. */
const fileBatch = 64;
const folderBatch = 8;

/**
 * Reads a folder, or a single file. Links that are the starting point are followed, others are not.
 * @throws Failure `localUnreadable`, `cancelled`
 */
export async function walkLocal(deps: TransferDeps, from: string, options: WalkOptions): Promise<LocalTree> {
  const facts = await stat(from).catch((error: NodeJS.ErrnoException) => {
    throw new Failure({ reason: "localUnreadable", path: from, detail: error.code ?? "" }, error);
  });
  if (facts.isFile()) {
    const entry: TreeEntry = { kind: "file", path: options.as, ...fileFacts(facts) };
    return { isFile: true, entries: [entry], warnings: [], pathOf: () => from, ignored: async () => false };
  }
  if (!facts.isDirectory()) throw new Failure({ reason: "localUnreadable", path: from, detail: "not a file" });
  const rules = options.ignore ? await rulesOf(from, deps.client.os !== "linux") : undefined;
  const warnings: TransferWarning[] = [];
  const entries = await walkFolder("", rules);
  const ignored = rules ? ignoredBelow(rules) : async () => false;
  return { isFile: false, entries, warnings, pathOf: ({ path }) => join(from, path), ignored };

  async function walkFolder(folder: string, above: IgnoreRules | undefined): Promise<TreeEntry[]> {
    if (options.signal.aborted) throw new Failure({ reason: "cancelled" });
    let found: Dirent[];
    try {
      found = await readdir(join(from, folder), { withFileTypes: true });
    } catch (error) {
      if (folder === "") {
        const detail = (error as NodeJS.ErrnoException).code ?? "";
        throw new Failure({ reason: "localUnreadable", path: from, detail }, error);
      }
      warnings.push({ path: folder, reason: "unreadable" });
      return [];
    }
    const names = found.map(({ name }) => name);
    const rules = folder === "" ? above : await above?.enter(folder, names);
    const folders: string[] = [];
    const others: Dirent[] = [];
    for (const one of found) {
      const path = join2(folder, one.name);
      if (isOwnName(one.name) || rules?.ignores(path, one.isDirectory())) continue;
      if (/[\r\n]/.test(one.name)) warnings.push({ path, reason: "lineBreakInName" });
      else if (one.name.includes("\ufffd")) warnings.push({ path, reason: "nameNotText" });
      else if (one.isDirectory()) folders.push(path);
      else others.push(one);
    }
    const read = await inBatches(others, fileBatch, (one) => readEntry(join2(folder, one.name), one));
    const entries: TreeEntry[] = [];
    for (const one of read) {
      if ("reason" in one) warnings.push(one);
      else entries.push(one);
    }
    const below = await inBatches(folders, folderBatch, async (path) => {
      const facts = await lstat(join(from, path)).catch(() => undefined);
      const entry: TreeEntry = { kind: "folder", path, mode: facts ? facts.mode & 0o777 : 0o755 };
      return [entry, ...(await walkFolder(path, rules))];
    });
    for (const some of below) for (const one of some) entries.push(one);
    return entries;
  }

  async function readEntry(path: string, one: Dirent): Promise<TreeEntry | TransferWarning> {
    try {
      if (one.isSymbolicLink()) {
        if (deps.client.os === "win32") return { path, reason: "linksUnsupported" };
        const target = await readlink(join(from, path));
        return linkStaysInside(path, target) ? { kind: "link", path, target } : { path, reason: "linkLeaves" };
      }
      if (!one.isFile()) return { path, reason: "specialFile" };
      return { kind: "file", path, ...fileFacts(await lstat(join(from, path))) };
    } catch {
      return { path, reason: "unreadable" };
    }
  }
}

async function inBatches<T, R>(items: readonly T[], size: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let at = 0; at < items.length; at += size) {
    for (const one of await Promise.all(items.slice(at, at + size).map(work))) done.push(one);
  }
  return done;
}

/** Applies the rules to paths that were not walked, folder by folder. */
function ignoredBelow(rules: IgnoreRules): LocalTree["ignored"] {
  type Found = IgnoreRules | "ignored";
  const folders = new Map<string, Promise<Found>>([["", Promise.resolve(rules)]]);
  const rulesIn = (folder: string): Promise<Found> => {
    const known = folders.get(folder);
    if (known) return known;
    const found = rulesIn(parentOf(folder)).then<Found>((above) =>
      above === "ignored" || above.ignores(folder, true) ? "ignored" : above.enter(folder),
    );
    folders.set(folder, found);
    return found;
  };
  return async (path, isFolder) => {
    const above = await rulesIn(parentOf(path));
    return above === "ignored" || above.ignores(path, isFolder);
  };
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

const join2 = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

function fileFacts(facts: { size: number; mtimeMs: number; mode: number }) {
  return { size: facts.size, mtime: Math.floor(facts.mtimeMs / 1000), mode: facts.mode & 0o777 };
}
