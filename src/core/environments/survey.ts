import type { EnvironmentReport, Package } from "../../shared/environments";
import type { Runner } from "../remote";
import type { ManagerTools } from "./manager";

/** What the survey found at one prefix, before any manager has looked at it. Texts are bounded and hostile. */
export interface FoundPrefix {
  readonly prefix: string;
  readonly via: FoundVia;
  readonly interpreter?: FoundInterpreter;
  /** First bytes of the interpreter say this machine: `x86_64`, `aarch64`, … */
  readonly machine?: string;
  /** Settings of `pyvenv.cfg` that matter; absent where there is no such file. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Names of files in `conda-meta` that matter, `history` among them; absent where there is no such folder. */
  readonly condaMeta?: readonly string[];
  /** The root of conda or its kin: the environment `base`. */
  readonly isBase?: true;
  /** The first command in conda's history: `/opt/conda/bin/mamba create -n train`. */
  readonly madeBy?: string;
  /** `lib/python3.12`: the folder of its library below the prefix. */
  readonly library?: string;
  /** Frameworks and what tells which GPUs they are for. */
  readonly distributions: readonly Distribution[];
  /** Lines of files that tell what a framework was built for. */
  readonly buildTexts: readonly string[];
  /** What the manager wrote beside it: the folder of the project that it is for. */
  readonly project?: string;
  /** The environment module that puts it on the path. */
  readonly module?: string;
  /** It, or a part that an environment cannot do without, may not be read by this user. */
  readonly unreadable?: true;
}

/** Why the script looked there: a place that a manager keeps its environments in, conda's list, or the user's folders. */
export type FoundVia =
  | "conda"
  | "list"
  | "pyenv"
  | "uv"
  | "poetry"
  | "workon"
  | "path"
  | "system"
  | "module"
  | "search";

export interface FoundInterpreter {
  readonly path: string;
  readonly state: "works" | "dangling" | "notExecutable";
  /** Where a dangling link leads. */
  readonly target?: string;
}

/** A package as the name of its metadata says. */
export interface Distribution {
  /** Lower case, words joined by `-`. */
  readonly name: string;
  readonly version: string;
  /** conda's build: `cuda126py312h8b4a4d7_200`. */
  readonly condaBuild?: string;
}

/** What managers need to know of the host besides a prefix. */
export interface SurveyedHost {
  /** `x86_64`, as `uname -m` says. */
  readonly machine?: string;
  /** The user's, as the host's shell names it. */
  readonly home?: string;
  /** Folders that named conda environments stand in. */
  readonly envsFolders: ReadonlySet<string>;
  readonly tools: ManagerTools;
  /** Names of the project files in a folder. */
  projectFiles(folder: string): readonly string[];
}

export interface SurveyOptions {
  /** Folders to search besides the well-known places; `~` is the home on the host. */
  readonly searchPaths: readonly string[];
  /** How many levels below a search path are looked at. */
  readonly depth: number;
  /** Look anew even where nothing seems to have changed. */
  readonly fresh?: boolean;
}

/** A home folder and the projects in it. */
export const defaultPlaces: Pick<SurveyOptions, "searchPaths" | "depth"> = { searchPaths: ["~"], depth: 3 };

export interface Survey {
  readonly report: EnvironmentReport;
  readonly tools: ManagerTools;
  /** `x86_64`, as `uname -m` says. */
  readonly machine?: string;
}

/** One round trip: everything that the host has. */
export type SurveyEnvironments = (runner: Runner, options: SurveyOptions, signal: AbortSignal) => Promise<Survey>;

/** All packages of one environment, from its metadata; no Python is started. */
export type ListPackages = (runner: Runner, prefix: string, signal: AbortSignal) => Promise<readonly Package[]>;
