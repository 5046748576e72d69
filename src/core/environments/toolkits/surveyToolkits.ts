import { boundedText } from "../../boundedText";
import { Failure } from "../../failure";
import type { RemoteCommand, Runner } from "../../remote";
import { readSurvey, type ToolkitSurvey } from "./readSurvey";
import { readRecords } from "./records";
import driverPart from "./scripts/driver.sh";
import environmentsPart from "./scripts/environments.sh";
import foldersPart from "./scripts/folders.sh";
import loginPart from "./scripts/login.sh";
import mainPart from "./scripts/main.sh";
import modulesPart from "./scripts/modules.sh";
import recordsPart from "./scripts/records.sh";

const what = "looking for CUDA and ROCm";
/** More than all of the script's own limits together, which each let the rest go on. */
const deadlineMs = 75_000;
const script = [recordsPart, foldersPart, environmentsPart, loginPart, modulesPart, driverPart, mainPart].join("\n");

export interface ToolkitSurveyOptions {
  /** Prefixes of environments on the host in which run-time packages are looked for. */
  readonly environments: readonly string[];
  /** What stands in front of the system's own folders, such as a container's root; absent: the host itself. */
  readonly root?: string;
}

/**
 * Everything that a host has to run GPU code with, in one round trip.
 * @throws Failure of the connection; `commandFailed` where the script did not come to its end
 */
export function surveyToolkits(
  runner: Runner,
  options: ToolkitSurveyOptions,
  signal: AbortSignal,
): Promise<ToolkitSurvey> {
  return runner.run(toolkitSurvey(options), signal);
}

/** The same as data. */
export function toolkitSurvey({ environments, root = "" }: ToolkitSurveyOptions): RemoteCommand<ToolkitSurvey> {
  return {
    what,
    argv: ["sh", "-c", script, "sh", root, ...environments.filter((prefix) => prefix.startsWith("/"))],
    deadlineMs,
    parse({ stdout, stderr, exitCode }) {
      const records = readRecords(stdout);
      if (records.at(-1)?.type !== "done") {
        throw new Failure({ reason: "commandFailed", what, exitCode, detail: boundedText(stderr) });
      }
      return readSurvey(records, root);
    },
  };
}
