import { judge } from "../core/environments/compatibility/judge";
import { noOverlay, type Overlay } from "../core/environments/overlay";
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
  judge(environment: Environment, toolkits: ToolkitReport): readonly Verdict[];
  overlay(environment: Environment): Overlay;
}

export const environmentParts: EnvironmentParts = {
  survey: surveyEnvironments,
  listPackages,
  surveyToolkits(runner, { report }, signal) {
    const usable = report.environments.filter(({ error, manager }) => !error && manager !== "system");
    return surveyToolkits(runner, { environments: usable.map(({ prefix }) => prefix) }, signal);
  },
  judge: (environment, toolkits) => judge(toolkits, environment),
  overlay({ manager, prefix }) {
    const isConda = ["conda", "mamba", "micromamba", "pixi"].includes(manager);
    const isVenv = ["venv", "virtualenv", "uv", "poetry", "pipenv"].includes(manager);
    const mark: Record<string, string> = isConda ? { CONDA_PREFIX: prefix } : isVenv ? { VIRTUAL_ENV: prefix } : {};
    return { ...noOverlay, set: mark, unset: ["PYTHONHOME"], prepend: { PATH: [`${prefix}/bin`] } };
  },
};
