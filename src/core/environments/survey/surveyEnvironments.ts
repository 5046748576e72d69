import type { Environment, EnvironmentReport } from "../../../shared/environments";
import type { RemoteCommand } from "../../remote";
import type { ManagerTools } from "../manager";
import { managers } from "../managers";
import type { Survey, SurveyEnvironments, SurveyOptions } from "../survey";
import { readAnswer, type SurveyAnswer } from "./answer";
import { foundPrefixes, projectFolders, surveyedHost } from "./found";
import { wantedNames } from "./frameworks";
import mainPart from "./scripts/main.sh";
import modulesPart from "./scripts/modules.sh";
import placesPart from "./scripts/places.sh";
import searchPart from "./scripts/search.sh";
import sourcesPart from "./scripts/sources.sh";
import startPart from "./scripts/start.sh";
import { warningOf } from "./warnings";

const deepest = 8;

/** @throws Failure of the runner, `unreadable` where the host's answer is cut off */
export const surveyEnvironments: SurveyEnvironments = (runner, options, signal) =>
  runner.run(surveyCommand(options), signal);

/** The survey as data. A search path with a line break in it is left out: none can be told from two. */
export function surveyCommand({ searchPaths, depth, fresh }: SurveyOptions): RemoteCommand<Survey> {
  const script = [startPart, placesPart, modulesPart, searchPart, sourcesPart, mainPart].join("\n");
  const levels = Number.isFinite(depth) ? Math.min(Math.max(Math.floor(depth), 0), deepest) : 0;
  const folders = searchPaths.filter((path) => path !== "" && !/[\n\0]/.test(path));
  const words = [fresh ? "1" : "", String(levels), wantedNames, ...folders];
  return {
    what: "looking for Python environments",
    argv: ["sh", "-c", script, "sh", ...words],
    deadlineMs: 60_000,
    parse: ({ stdout }) => readSurvey(readAnswer(stdout)),
  };
}

function readSurvey(answer: SurveyAnswer): Survey {
  const host = surveyedHost(answer);
  const environments = foundPrefixes(answer).flatMap((found) => {
    for (const manager of managers) {
      const environment = manager.recognise(found, host);
      if (environment) return [environment];
    }
    return [];
  });
  const report: EnvironmentReport = {
    environments,
    projects: projectFolders(answer),
    warnings: answer.warnings.flatMap((warning) => warningOf(warning) ?? []),
  };
  return {
    report,
    tools: { ...pythonsOf(environments), ...host.tools },
    ...(host.machine !== undefined && { machine: host.machine }),
  };
}

/** Interpreters that environments can be made of, by `python3.12`; the one that was found first is taken. */
function pythonsOf(environments: readonly Environment[]): ManagerTools {
  const pythons: Record<string, string> = {};
  for (const { isProtected, manager, interpreter, pythonVersion, error } of environments) {
    const minor = /^3\.\d+/.exec(pythonVersion ?? "")?.[0];
    // What a manager protects without conda is a Python that it brought; its virtual environments are not protected.
    if (!isProtected || !["system", "pyenv", "uv"].includes(manager) || error || !interpreter || !minor) continue;
    pythons[`python${minor}`] ??= interpreter;
  }
  return pythons;
}
