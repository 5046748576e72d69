import type { EnvironmentReport, Package } from "../../shared/environments";
import type { Runner } from "../remote";
import type { ManagerTools } from "./manager";

/** What the survey's script found at one prefix, before any manager has looked at it. Texts are bounded and hostile. */
export interface FoundPrefix {
  readonly prefix: string;
  /** Why the script looked there: `search`, `conda list`, `pyenv`, … */
  readonly via: string;
  /** `bin/python`, links resolved; `dangling` where the link leads nowhere. */
  readonly interpreter?: {
    readonly path: string;
    readonly target?: string;
    readonly state: "works" | "dangling" | "notExecutable";
  };
  /** First bytes of the interpreter say this machine: `x86_64`, `aarch64`, … */
  readonly machine?: string;
  /** Text of `pyvenv.cfg`. */
  readonly pyvenvCfg?: string;
  /** Names of files in `conda-meta` that matter, `history` among them; absent where there is no such folder. */
  readonly condaMeta?: readonly string[];
  /** `python3.12`: the folder of its library below `lib`. */
  readonly libraries: readonly string[];
  /** Names of `*.dist-info` and `*.egg-info` folders of frameworks, and texts of their version files. */
  readonly distributions: readonly { readonly name: string; readonly version: string; readonly build?: string }[];
  readonly unreadable?: true;
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
