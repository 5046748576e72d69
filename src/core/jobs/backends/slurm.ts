import type { Problem } from "../../failure";
import type { JobBackend } from "../backend";
import type { JobRequest } from "../request";
import batch from "./slurm/batch.sh";
import listPart from "./slurm/list.sh";
import { sbatchOptions, unfitWord } from "./slurm/options";
import { endedWords, pendingWords } from "./slurm/reasons";
import slurmPart from "./slurm/slurm.sh";
import why from "./slurm/why.sh";

/** A batch job of Slurm, through its own commands: sbatch, squeue, scancel, and scontrol and sacct where they answer. */
export const slurmBackend: JobBackend = {
  id: "slurm",
  label: "Slurm",
  hint: "waits in the cluster's own queue; Slurm gives it its GPUs",
  script: `${slurmPart}${listPart}`,
  files: { batch, why },
  options: sbatchOptions,
  refuse,
  unusable: () => "Slurm's command sbatch is not there",
  explain({ state }, detail) {
    const message = state === "queued" ? (endedWords(detail) ?? waitingWords(detail)) : endedWords(detail);
    return { ...(state === "queued" && { reason: "waitingForScheduler" }), ...(message !== undefined && { message }) };
  },
};

/** `2026-11-22T18:30:00Z Resources`: when Slurm expects it to begin, or `-`, and why it waits. */
function waitingWords(detail: string): string {
  const [, expected = "-", reason = ""] = /^(\S+) (.*)$/.exec(detail) ?? [];
  const when = expected === "-" ? "" : ` It is expected to begin at ${expected.slice(0, 16).replace("T", " ")} UTC.`;
  return `${pendingWords(reason)}${when}`;
}

function refuse(request: JobRequest): Problem | undefined {
  const why = unfit(request);
  return why === undefined ? undefined : { reason: "jobUnusable", name: request.name, why };
}

function unfit({ gpus, scheduler, ...request }: JobRequest): string | undefined {
  if (gpus.kind === "these") return "Slurm chooses the GPUs itself: ask for a number of them";
  const words = sbatchOptions({ gpus, ...request, ...(scheduler && { scheduler: { ...scheduler, extra: [] } }) });
  if (words.some((word) => /[\0\r\n]/.test(word))) return "a wish for Slurm holds a line break";
  return scheduler?.extra?.map(unfitWord).find((why) => why !== undefined);
}
