import type { HostsFileProblem } from "../failure";
import { cause, quoted, says, type Words } from "./say";

/** Editing the user's hosts. */
export const hostsFileWords: Words<HostsFileProblem> = {
  hostFieldInvalid: (problem) =>
    says(`“${quoted(problem.value)}” cannot be the ${quoted(problem.field)}: ${quoted(problem.rule)}.`),
  hostNameTaken: (problem) =>
    says(`There is a host ${quoted(problem.host)} already.`, "Edit that one, or choose another name."),
  hostsFileChanged: (problem) =>
    says(
      `The file ${quoted(problem.file)} was changed by another program meanwhile, so nothing was written.`,
      "Try again; the change is made to the file as it is now.",
    ),
  hostsFileUnusable: (problem) =>
    says(
      `The ssh config ${quoted(problem.file)} cannot be used: ${cause(problem.detail)}.`,
      "Nothing was changed in it.",
    ),
};
