import { posix } from "node:path";
import type { Environment } from "../../../shared/environments";
import type { FoundPrefix, SurveyedHost } from "../survey";
import { faultOf } from "./faults";
import { frameworkPackages } from "./frameworks";

/** What only the manager knows of an environment. */
export interface Recognised extends Pick<Environment, "manager"> {
  /** Which parts it cannot do without. */
  readonly kind: "conda" | "venv" | "plain";
  readonly name?: string;
  readonly pythonVersion?: string;
  readonly isProtected?: boolean;
  readonly project?: string;
}

/** The environment at a prefix, once a manager has said that it is its own. */
export function environmentAt(found: FoundPrefix, host: SurveyedHost, mine: Recognised): Environment {
  const { prefix, interpreter } = found;
  const pythonVersion = mine.pythonVersion ?? versionOf(found);
  const project = mine.project ?? found.project ?? projectOf(found, host);
  const error = faultOf(found, host, mine.kind);
  return {
    manager: mine.manager,
    name: mine.name ?? nameOf(found, host),
    prefix,
    ...(interpreter && interpreter.state !== "dangling" && { interpreter: interpreter.path }),
    ...(pythonVersion !== undefined && { pythonVersion }),
    packages: frameworkPackages(found),
    ...(mine.isProtected && { isProtected: true }),
    ...(project !== undefined && { project }),
    ...(found.module !== undefined && { module: found.module }),
    ...(error && { error }),
  };
}

/** Names that people give to the environment of a project's own folder. */
const inProject = /^\.?(venv|env|virtualenv|conda)$/;

/** The last part of the prefix; for one that stands in its project's folder under a usual name, that folder's. */
function nameOf({ prefix }: FoundPrefix, host: SurveyedHost): string {
  const named = isInProject(prefix, host) ? posix.dirname(prefix) : prefix;
  return posix.basename(named) || prefix;
}

function projectOf({ prefix }: FoundPrefix, host: SurveyedHost): string | undefined {
  const folder = posix.dirname(prefix);
  return isInProject(prefix, host) || host.projectFiles(folder).length > 0 ? folder : undefined;
}

/** The home folder is nobody's project. */
const isInProject = (prefix: string, { home }: SurveyedHost): boolean =>
  inProject.test(posix.basename(prefix)) && posix.dirname(prefix) !== home;

/** The most exact of what the files say: conda's own package, `pyvenv.cfg`, the name of the library's folder. */
function versionOf({ condaMeta, settings, library }: FoundPrefix): string | undefined {
  const fromConda = condaMeta?.map((name) => /^python-(\d+\.\d+\.\d+\w*)-/.exec(name)?.[1]).find(Boolean);
  const written = settings?.version_info ?? settings?.version;
  const fromSettings = written && /^\d+\.\d+(\.\d+((a|b|rc)\d+)?)?/.exec(written)?.[0];
  const fromLibrary = library && /(\d+\.\d+)t?$/.exec(library)?.[1];
  return fromConda ?? (fromSettings || fromLibrary || undefined);
}
