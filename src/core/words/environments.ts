import type { EnvironmentProblem } from "../failure";
import { detail, list, quoted, says, type Words } from "./say";

/** Python environments. */
export const environmentWords: Words<EnvironmentProblem> = {
  environmentExists: (problem) =>
    says(
      `There already is an environment ${quoted(problem.name)}.`,
      "Nothing was changed. Choose another name, or delete it first.",
    ),
  environmentNameUnusable: (problem) =>
    says(`An environment cannot be called ${quoted(problem.name)}: ${problem.why}.`, "Choose another name."),
  environmentUnknown: (problem) =>
    says(
      `${quoted(problem.host)} has no environment ${quoted(problem.name)}.`,
      "The Environments view and `tensorline envs` list those there are.",
    ),
  environmentAmbiguous: (problem) =>
    says(
      `Several environments are called ${quoted(problem.name)}: ${list(problem.choices)}.`,
      "Name the one you mean by its path.",
    ),
  environmentProtected: (problem) =>
    says(
      `${quoted(problem.name)} belongs to the system or to its manager and is not changed.`,
      "Create an environment of your own instead.",
    ),
  environmentBroken: (problem) =>
    says(
      `The environment ${quoted(problem.name)} cannot be used${detail(problem.detail)}.`,
      "Repair it, or delete it and create it again.",
    ),
  environmentBusy: (problem) =>
    says(
      `Another operation works on the environment ${quoted(problem.name)}.`,
      "Nothing was changed. Wait for that operation, or cancel it.",
    ),
  managerMissing: (problem) =>
    says(
      `${quoted(problem.manager)} was not found on ${quoted(problem.host)}.`,
      "Choose another kind of environment, or load the module that brings it.",
    ),
  packageUnusable: (problem) =>
    says(`${quoted(problem.name)} cannot be installed: ${problem.why}.`, "Name packages as pip does: torch==2.9.1."),
  packageNotFound: (problem) =>
    says(
      `No package fits ${quoted(problem.names)}.`,
      "Check the spelling, the version, and whether there is one for this Python.",
    ),
  packagesConflict: (problem) =>
    says(
      `These packages do not go together${detail(problem.detail)}.`,
      "Leave some versions open, or create a new environment for them.",
    ),
  packageIndexUnreachable: (problem) =>
    says(
      `The package index could not be reached from the host${detail(problem.detail)}.`,
      "Name an index that it can reach, or a folder of wheels on the host.",
    ),
};
