import type { JobProblem } from "../failure";
import { detail, list, quoted, says, type Words } from "./say";

/** Jobs, and what has to be there for them. */
export const jobWords: Words<JobProblem> = {
  jobUnknown: ({ host, id }) =>
    says(
      `${quoted(host)} knows no job ${quoted(id)}.`,
      "It may have been removed there, or belong to another machine.",
    ),
  jobAmbiguous: ({ id, choices }) =>
    says(`Several jobs begin with ${quoted(id)}: ${list(choices)}.`, "Give more of its id."),
  jobUnusable: ({ name, why }) => says(`${quoted(name)} cannot be run: ${quoted(why)}.`),
  jobRunning: ({ name }) => says(`The job ${quoted(name)} has not ended.`, "Stop it first."),
  backendUnusable: ({ host, backend, why }) =>
    says(`${quoted(host)} cannot run jobs with ${quoted(backend)}: ${quoted(why)}.`, "Choose another back end."),
  schedulerRefused: ({ backend, detail: words }) => says(`${quoted(backend)} did not take the job${detail(words)}.`),
  gpusTaken: ({ host, wanted, free, held }) =>
    says(
      `${quoted(host)} has ${free} of the ${wanted} GPUs that the job needs free${held === "" ? "" : `: ${quoted(held)}`}.`,
      "Let it wait in the queue, ask for fewer, or choose another host.",
    ),
  gpuUnknown: ({ host, gpu }) => says(`${quoted(host)} has no GPU ${quoted(gpu)}.`),
  noHostFits: ({ hosts, detail: words }) =>
    says(
      hosts.length === 0
        ? "No host is connected that could run this."
        : `None of ${hosts.map(quoted).join(", ")} can run this${detail(words)}.`,
    ),
  presetsUnreadable: ({ file, detail: words }) =>
    says(
      `The presets in ${quoted(file)} cannot be read${detail(words)}.`,
      "Correct it; presets without a mistake still work.",
    ),
  presetUnknown: ({ name, known }) =>
    says(
      `There is no preset ${quoted(name)}.`,
      known.length === 0 ? "None is defined." : `Defined are ${known.map(quoted).join(", ")}.`,
    ),
  codeUnreachable: ({ path, why }) => says(`${quoted(path)} cannot be run on the host: ${quoted(why)}.`),
  snapshotFailed: ({ path, detail: words }) =>
    says(`The code in ${quoted(path)} could not be kept for the job${detail(words)}.`),
  secretMissing: ({ name }) => says(`The secret ${quoted(name)} is not known here.`, "Enter it, or leave it out."),
};
