import { judge } from "../core/environments/compatibility/judge";
import { environmentOverlay, type Overlay } from "../core/environments/overlay";
import type { ListPackages, Survey, SurveyEnvironments } from "../core/environments/survey";
import { listPackages } from "../core/environments/survey/listPackages";
import { surveyEnvironments } from "../core/environments/survey/surveyEnvironments";
import { surveyToolkits } from "../core/environments/toolkits/surveyToolkits";
import type { Runner } from "../core/remote";
import type { Environment, ToolkitReport, Verdict } from "../shared/environments";

/** What the command line needs of environments. */
export interface EnvironmentParts {
  readonly survey: SurveyEnvironments;
  readonly listPackages: ListPackages;
  surveyToolkits(runner: Runner, survey: Survey, signal: AbortSignal): Promise<ToolkitReport>;
  /** `architecture` as `uname -m` says. */
  judge(environment: Environment, toolkits: ToolkitReport, architecture: string | undefined): readonly Verdict[];
  overlay(environment: Environment): Overlay;
}

export const environmentParts: EnvironmentParts = {
  survey: surveyEnvironments,
  listPackages,
  surveyToolkits(runner, { report }, signal) {
    const usable = report.environments.filter(({ error, manager }) => !error && manager !== "system");
    return surveyToolkits(runner, { environments: usable.map(({ prefix }) => prefix) }, signal);
  },
  judge: (environment, toolkits, architecture) =>
    judge({ ...toolkits, ...(architecture === undefined ? {} : { architecture }) }, environment),
  overlay: environmentOverlay,
};
