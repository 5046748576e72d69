import type { RemoteCommand } from "../remote";
import keptScript from "./scripts/kept.sh";
import placePart from "./scripts/place.sh";

/** A folder of Tensorline's on a host. */
export interface KeptFolder {
  readonly path: string;
  /** Room that it takes on the disk; absent where the host could not tell. */
  readonly bytes?: number;
  /** Those of this machine, with their logs, results and snapshots. */
  readonly jobs?: { readonly count: number; readonly bytes?: number };
  /** Copies of clients' folders that no job uses. */
  readonly workTrees: readonly KeptTree[];
}

export interface KeptTree {
  readonly path: string;
  readonly bytes?: number;
}

/** What Tensorline keeps on a host: jobs, work trees, logs of operations, what was read of environments. Empty where it keeps nothing. */
export const listKept = command("looking for what Tensorline keeps there");

/** Removes all of it but work trees, and jobs and operations that still wait or run; what is left then. */
export const removeKept = command("removing what Tensorline keeps there", "remove");

/** Removes these work trees with all that lies in them, unless a job uses one by now; what is left then. */
export function removeWorkTrees(paths: readonly string[]): RemoteCommand<readonly KeptFolder[]> {
  return command("removing work trees", "trees", ...paths);
}

function command(what: string, ...parameters: readonly string[]): RemoteCommand<readonly KeptFolder[]> {
  return {
    what,
    argv: ["sh", "-c", `kind=operations\n${placePart}${keptScript}`, "sh", ...parameters],
    deadlineMs: 60_000,
    parse: ({ stdout }) => parseKept(stdout),
  };
}

function parseKept(text: string): readonly KeptFolder[] {
  const trees = [...text.matchAll(/^tree (\d*) (\/.*)$/gm)].map(([, kib = "", path = ""]) => ({ path, ...size(kib) }));
  return [...text.matchAll(/^(\d*) (\d+) (\d*) (\/.*)$/gm)].map(
    ([, kib = "", count = "", jobsKib = "", path = ""]) => ({
      path,
      ...size(kib),
      ...(count === "0" ? {} : { jobs: { count: Number(count), ...size(jobsKib) } }),
      workTrees: trees.filter((tree) => tree.path.startsWith(`${path}/`)),
    }),
  );
}

function size(kib: string): { readonly bytes?: number } {
  return kib === "" ? {} : { bytes: Number(kib) * 1024 };
}
