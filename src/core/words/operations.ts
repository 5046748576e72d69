import type { OperationProblem } from "../failure";
import { detail, quoted, says, type Words } from "./say";

/** Work that goes on by itself on a host. */
export const operationWords: Words<OperationProblem> = {
  operationUnknown: (problem) =>
    says(`The host knows nothing of ${quoted(problem.id)}.`, "It may have been removed there."),
  operationUnusable: (problem) => says(`${quoted(problem.title)} cannot be started: ${quoted(problem.why)}.`),
  operationRunning: (problem) => says(`The operation ${quoted(problem.id)} still runs.`, "Cancel it first."),
  operationFailed: (problem) =>
    says(
      `${problem.title} failed${problem.exitCode === undefined ? "" : ` with exit code ${problem.exitCode}`}${detail(problem.detail)}.`,
      "Its log says more.",
    ),
  operationLost: (problem) =>
    says(
      `${problem.title} ended and nothing says how.`,
      "The machine may have been restarted. Look at what is there, then start it again.",
    ),
  operationCancelled: (problem) => says(`${problem.title} was cancelled.`),
};
