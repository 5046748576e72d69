import type { Environment, EnvironmentFault } from "../../../shared/environments";
import { boundedText } from "../../boundedText";
import type { FoundPrefix, SurveyedHost } from "../survey";
import { runsOn } from "./machine";

/** What is wrong with an environment that its files show, the first that stands in the way; undefined for a sound one. */
export function faultOf(
  found: FoundPrefix,
  host: SurveyedHost,
  kind: "conda" | "venv" | "plain",
): Environment["error"] {
  const { interpreter, condaMeta, settings, library, machine } = found;
  if (found.unreadable) return fault("unreadable", "It may not be read by you: it belongs to somebody else.");
  if (interpreter?.state === "dangling") {
    const target = interpreter.target === undefined ? "something" : boundedText(interpreter.target);
    return fault("danglingInterpreter", `Its interpreter leads to ${target}, which is not there any more.`);
  }
  if (kind === "conda" && !condaMeta) {
    return fault("missingCondaMeta", "Its folder conda-meta is missing, so conda does not know it.");
  }
  if (kind === "conda" && !condaMeta?.includes("history")) {
    return fault("unfinished", "Its creation was not finished: conda-meta has no history.");
  }
  if (kind === "venv" && (library === undefined || settings?.home === undefined)) {
    return fault("unfinished", "Its creation was not finished: it has no library, or its pyvenv.cfg names no Python.");
  }
  const wantsPython = kind !== "conda" || condaMeta?.some((name) => /^python-\d/.test(name));
  if (!interpreter && wantsPython) return fault("noInterpreter", "It has no interpreter in its folder bin.");
  if (interpreter?.state === "notExecutable") {
    return fault("noInterpreter", "Its interpreter may not be run by you, or is no program.");
  }
  if (!runsOn(machine, host.machine)) {
    return fault("wrongArchitecture", `Its interpreter is for ${machine}, and this host is ${host.machine}.`);
  }
  return undefined;
}

function fault(reason: EnvironmentFault, message: string): Environment["error"] {
  return { reason, message };
}
