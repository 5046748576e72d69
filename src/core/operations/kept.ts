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
}

/** What Tensorline keeps on a host: jobs, logs of operations, what was read of environments. Empty where it keeps nothing. */
export const listKept = command("looking for what Tensorline keeps there", "");

/** Removes all of it but jobs and operations that still wait or run; what is left then. */
export const removeKept = command("removing what Tensorline keeps there", "remove");

function command(what: string, mode: string): RemoteCommand<readonly KeptFolder[]> {
  return {
    what,
    argv: ["sh", "-c", `kind=operations\n${placePart}${keptScript}`, "sh", mode],
    deadlineMs: 60_000,
    parse: ({ stdout }) => parseKept(stdout),
  };
}

function parseKept(text: string): readonly KeptFolder[] {
  return [...text.matchAll(/^(\d*) (\d+) (\d*) (\/.*)$/gm)].map(
    ([, kib = "", count = "", jobsKib = "", path = ""]) => ({
      path,
      ...size(kib),
      ...(count === "0" ? {} : { jobs: { count: Number(count), ...size(jobsKib) } }),
    }),
  );
}

function size(kib: string): { readonly bytes?: number } {
  return kib === "" ? {} : { bytes: Number(kib) * 1024 };
}
