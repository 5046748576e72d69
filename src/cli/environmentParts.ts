import { noOverlay, type Overlay } from "../core/environments/overlay";
import type { ListPackages, Survey, SurveyEnvironments } from "../core/environments/survey";
import type { Runner } from "../core/remote";
import type { Environment, ToolkitReport, Verdict } from "../shared/environments";

/** What the command line needs of environments. */
export interface EnvironmentParts {
  readonly survey: SurveyEnvironments;
  readonly listPackages: ListPackages;
  surveyToolkits(runner: Runner, survey: Survey, signal: AbortSignal): Promise<ToolkitReport>;
  judge(environment: Environment, toolkits: ToolkitReport): readonly Verdict[];
  overlay(environment: Environment | undefined, toolkit: undefined): Overlay;
}

export const environmentParts: EnvironmentParts = {
  survey: async () => ({ report: { environments: [], projects: [], warnings: [] }, tools: {} }),
  listPackages: async () => [],
  surveyToolkits: async () => ({ gpus: [], toolkits: [], warnings: [] }),
  judge: () => [],
  overlay: () => noOverlay,
};
