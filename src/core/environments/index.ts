import { createOperations } from "../operations/operations";
import { judge } from "./compatibility/judge";
import { planPyTorch } from "./compatibility/plan";
import { managers } from "./managers";
import { operationProblem } from "./managers/commands/failures";
import { describeOverlay, environmentOverlay, mergeOverlays, noOverlay } from "./overlay";
import { overlayScript, overlayShellOf } from "./overlayScript";
import type { EnvironmentParts } from "./parts";
import { selfTest } from "./selftest/selfTest";
import { environmentSize } from "./survey/environmentSize";
import { listPackages } from "./survey/listPackages";
import { surveyEnvironments } from "./survey/surveyEnvironments";
import { loads } from "./toolkits/loads";
import { surveyToolkits } from "./toolkits/surveyToolkits";
import { systemDefaultCommand } from "./toolkits/systemDefault";
import { toolkitOverlay } from "./toolkits/toolkitOverlay";

/** Everything about environments and toolkits that is loaded at first use. */
export const environmentParts: EnvironmentParts = {
  managers,
  survey: surveyEnvironments,
  listPackages,
  environmentSize,
  surveyToolkits(runner, { report }, signal) {
    const own = report.environments.filter(({ error, manager }) => !error && manager !== "system");
    return surveyToolkits(runner, { environments: own.map(({ prefix }) => prefix) }, signal);
  },
  judge: (environment, toolkits, architecture) =>
    judge({ ...toolkits, ...(architecture === undefined ? {} : { architecture }) }, environment),
  loads,
  planPyTorch: (toolkits, wish, architecture) =>
    planPyTorch({ ...toolkits, ...(architecture === undefined ? {} : { architecture }) }, wish),
  operationProblem,
  createOperations: (host, clock) => createOperations({ host, clock }),
  selfTest,
  overlay: (environment, toolkit) =>
    mergeOverlays(
      environment ? environmentOverlay(environment) : noOverlay,
      toolkit ? toolkitOverlay(toolkit) : noOverlay,
    ),
  overlayScript: (overlay, shell) => overlayScript(overlay, overlayShellOf(shell)),
  describeOverlay,
  systemDefaultCommand,
};
