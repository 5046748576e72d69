import { createOperations } from "../operations/operations";
import { judge } from "./compatibility/judge";
import { planPyTorch } from "./compatibility/plan";
import { managers } from "./managers";
import { describeOverlay, environmentOverlay, mergeOverlays, overlayScript } from "./overlays";
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
  surveyToolkits: (runner, { report }, signal) =>
    surveyToolkits(runner, { environments: report.environments.map(({ prefix }) => prefix) }, signal),
  judge: (environment, toolkits, architecture) =>
    judge({ ...toolkits, ...(architecture === undefined ? {} : { architecture }) }, environment),
  loads,
  planPyTorch: (toolkits, wish, architecture) =>
    planPyTorch({ ...toolkits, ...(architecture === undefined ? {} : { architecture }) }, wish),
  createOperations: (host, clock) => createOperations({ host, clock }),
  selfTest,
  overlay: (environment, toolkit) =>
    mergeOverlays(
      ...[environment && environmentOverlay(environment), toolkit && toolkitOverlay(toolkit)].filter(
        (one) => one !== undefined,
      ),
    ),
  overlayScript,
  describeOverlay,
  systemDefaultCommand,
};
