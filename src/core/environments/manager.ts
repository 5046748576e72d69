import type { Environment } from "../../shared/environments";
import type { OperationRequest } from "../operations/operation";
import type { FoundPrefix, SurveyedHost } from "./survey";

/**
 * One kind of environment: how it is told from what the survey found, and what can be done with it. Adding one is a file
 * in `managers/` and a line in its `index.ts`. An operation that is absent is not offered.
 */
export interface Manager {
  readonly id: string;
  /** For people: `conda`, `venv`. */
  readonly label: string;
  /** The environment, where this manager made it. The first manager of the registry that says so has it. */
  recognise(found: FoundPrefix, host: SurveyedHost): Environment | undefined;
  /** The tool as this host has it, when it has it: absolute path. */
  tool?(tools: ManagerTools): string | undefined;
  readonly create?: (tool: string, wish: CreateWish) => Plan;
  readonly clone?: (tool: string, from: Environment, wish: CloneWish) => Plan;
  readonly remove?: (tool: string, environment: Environment) => Plan;
  /** What the environment is made of, as a file of this format; the output is the file. */
  readonly exports?: readonly ExportFormat[];
  readonly install?: (tool: string, environment: Environment, wish: InstallWish) => Plan;
  readonly uninstall?: (tool: string, environment: Environment, packages: readonly string[]) => Plan;
  readonly repair?: (tool: string, environment: Environment) => Plan;
  /** Newer versions of what is installed. */
  readonly outdated?: (tool: string, environment: Environment) => OutdatedQuery;
}

/** Absolute paths of the tools that a host has, by name: `conda`, `mamba`, `uv`, `python3.12`, … */
export type ManagerTools = Readonly<Record<string, string>>;

/** By `name`, where the manager keeps named ones, or in the folder `prefix`: absolute, or `~/…` in the home on the host. */
export interface CreateWish {
  readonly name?: string;
  readonly prefix?: string;
  /** The folder that named ones of managers without a place of their own go to; `~/…` is in the home on the host. */
  readonly place?: string;
  /** `3.12`, or the path of an interpreter; absent: the manager's own choice. */
  readonly python?: string;
  readonly packages: readonly string[];
  /** A file on the host to make it from: `environment.yml`, `requirements.txt`, a lock. */
  readonly file?: string;
  readonly indexUrl?: string;
  readonly extraIndexUrl?: string;
  /** A folder of wheels or packages on the host; nothing is fetched then. */
  readonly offlineFolder?: string;
}

/** Where packages have to be fetched anew for it, they come from there. */
export type CloneWish = Pick<CreateWish, "name" | "prefix" | "place" | "indexUrl" | "extraIndexUrl" | "offlineFolder">;

export interface InstallWish
  extends Pick<CreateWish, "packages" | "file" | "indexUrl" | "extraIndexUrl" | "offlineFolder"> {
  readonly upgrade?: boolean;
}

/** What would be done, shown before it is. */
export interface Plan {
  /** For the list of operations and the progress: `Creating the environment train`. */
  readonly title: string;
  /** The commands as a person would type them, for showing only. */
  readonly commands: readonly string[];
  readonly operation: Omit<OperationRequest, "id" | "title">;
  /** The environment that there will be. */
  readonly prefix?: string;
  /** What will be gone, in words: for the confirmation. */
  readonly destroys?: string;
}

export interface ExportFormat {
  /** `environment.yml`, `requirements.txt`, `conda-lock.txt`. */
  readonly file: string;
  readonly argv: (tool: string, environment: Environment) => readonly [string, ...string[]];
}

export interface OutdatedQuery {
  readonly argv: readonly [string, ...string[]];
  parse(stdout: string): readonly { name: string; version: string; latest: string }[];
}
