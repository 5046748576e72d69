import { readFile } from "node:fs/promises";
import { posix } from "node:path";
import type { JobSettings } from "../../../shared/jobSettings";
import type { Runner } from "../../remote";
import type { UploadPlan } from "../../transfer/uploadPlan";
import type { LaunchPlan } from "./launch";
import type { LauncherDeps } from "./ports";
import { type Target, unreachable } from "./target";
import type { WorkTree } from "./workTree";

/** A client's folder beside its work tree on the host. */
export interface Comparison {
  readonly tree: WorkTree;
  readonly upload: UploadPlan;
  /** `Clock.now()` before anything was looked at. */
  readonly at: number;
}

export interface CompareRequest {
  /** The client's folder. */
  readonly folder: string;
  readonly tree: WorkTree;
  /** Nobody's sync is disturbed; only who holds the work tree's lock may do without. */
  readonly look: boolean;
}

/** Looks at both sides and changes nothing. @throws Failure of `planUpload` */
export async function compareCode(
  { transfers, clock }: Pick<LauncherDeps, "transfers" | "clock">,
  runner: Runner,
  { folder, tree, look }: CompareRequest,
  signal: AbortSignal,
): Promise<Comparison> {
  const at = clock.now();
  const request = { from: folder, to: tree.path, ignore: true, delete: true, look } as const;
  return { tree, at, upload: await transfers.planUpload(runner, request, signal) };
}

/** What the sync would do, in numbers. */
export function syncNumbers({ tree, upload }: Comparison): NonNullable<LaunchPlan["sync"]> {
  return {
    to: tree.path,
    files: upload.upload.length + upload.arrived.length,
    bytes: upload.bytes,
    deletes: upload.delete.length,
  };
}

/** Nothing has to be sent or deleted for both sides to be the same; links are always sent. */
export function isSame({ upload }: Comparison): boolean {
  const { arrived, links, newFolders, delete: gone, deleteFolders } = upload;
  return [upload.upload, arrived, links, newFolders, gone, deleteFolders].every(({ length }) => length === 0);
}

/** Each costs the host a moment; of more than these, such as a thousand logs, the snapshot has read-only files as of code. */
const mostLinks = 200;

/** What a snapshot links to the work tree: what the ignore files leave out. Python keeps its caches beside the code. */
export function linkedPaths({ upload }: Comparison): readonly string[] {
  const entries = upload.ignoredThere.filter(({ path }) => posix.basename(path) !== "__pycache__");
  const [folders, others] = [true, false].map((wanted) => entries.filter(({ kind }) => (kind === "folder") === wanted));
  return [...(folders ?? []), ...(others ?? [])].slice(0, mostLinks).map(({ path }) => path);
}

/**
 * What is called, now that the files are known: a bare word that is a file of the code is that file, and a script that is not
 * executable is run by the interpreter that its first line names.
 * @throws Failure `codeUnreachable` for what does not go to the host
 */
export async function calledProgram(
  target: Target,
  settings: JobSettings,
  { upload }: Comparison,
): Promise<{ readonly name: string; readonly before: readonly string[] }> {
  const known = (path: string) => upload.entry(path) ?? (upload.ignoredThere.some(holds(path)) ? "linked" : undefined);
  if (target.folder !== "." && known(target.folder) === undefined) {
    throw unreachable(
      settings.folder ?? target.folder,
      "there is no such folder in the code, or the ignore files leave it out",
    );
  }
  const { file, name } = target;
  if (file === undefined || target.kind === "module") return { name, before: [] };
  const entry = known(file);
  const isBare = name === settings.program && !name.includes("/") && !name.endsWith(".py");
  if (entry === undefined) {
    if (isBare) return { name, before: [] };
    throw unreachable(settings.program, "there is no such file in the code, or the ignore files leave it out");
  }
  if (entry === "linked" || entry.kind !== "file") return { name, before: [] };
  const called = isBare ? `./${posix.relative(target.folder, file)}` : name;
  const runsItself = called.endsWith(".py") || (entry.mode & 0o100) !== 0;
  return { name: called, before: runsItself ? [] : await interpreterOf(upload.pathOf(entry)) };
}

const holds = (path: string) => (above: { readonly path: string }) =>
  path === above.path || path.startsWith(`${above.path}/`);

/** `#!/usr/bin/env bash`; a script that names none is one for `sh`, as for a shell that is asked to run it. */
async function interpreterOf(path: string): Promise<readonly string[]> {
  const [first = ""] = (await readFile(path, "utf8").catch(() => "")).split("\n", 1);
  const words =
    /^#!\s*(.*?)\s*$/
      .exec(first)?.[1]
      ?.split(/\s+/)
      .filter((word) => word !== "") ?? [];
  return words.length === 0 ? ["sh"] : words;
}
