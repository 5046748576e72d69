import type { RemoteCommand } from "../remote";
import keptScript from "./scripts/kept.sh";
import placePart from "./scripts/place.sh";
import recordsPart from "./scripts/records.sh";

/** A folder of Tensorline's on a host. */
export interface KeptFolder {
  readonly path: string;
  /** Room that it takes on the disk; absent where the host could not tell. */
  readonly bytes?: number;
}

/** What Tensorline keeps on a host: logs of operations, what was read of environments. Empty where it keeps nothing. */
export const listKept = command("looking for what Tensorline keeps there", "");

/** Removes all of it but operations that still run; what is left then. */
export const removeKept = command("removing what Tensorline keeps there", "remove");

function command(what: string, mode: string): RemoteCommand<readonly KeptFolder[]> {
  return {
    what,
    argv: ["sh", "-c", `kind=operations\n${placePart}${recordsPart}${keptScript}`, "sh", mode],
    deadlineMs: 60_000,
    parse: ({ stdout }) => parseKept(stdout),
  };
}

function parseKept(text: string): readonly KeptFolder[] {
  return [...text.matchAll(/^(\d*) (\/.*)$/gm)].map(([, kib = "", path = ""]) => ({
    path,
    ...(kib === "" ? {} : { bytes: Number(kib) * 1024 }),
  }));
}
