import type { Manager } from "../../core/environments/manager";
import type { LoadedLibrary } from "../../core/environments/toolkits/loads";
import type { Environment, EnvironmentFault, GpuBuild, Package, Toolkit, Verdict } from "../../shared/environments";
import { facts, type Paragraph, type RowWords } from "./rowWords";
import type { Use } from "./selections";
import { describeGrade, worstVerdict } from "./verdictWords";

/** What is known of an environment besides itself. */
export interface EnvironmentContext {
  readonly host: string;
  /** Absent where no manager of the registry made it. */
  readonly manager?: Manager;
  /** The host has the manager's tool. */
  readonly hasTool: boolean;
  readonly verdicts: readonly Verdict[];
  /** What the person chose it for. */
  readonly uses: readonly Use[];
  /** What its frameworks would really load, and why. */
  readonly loads: readonly LoadedLibrary[];
  /** Another one of the host has the same name. */
  readonly isAmbiguous: boolean;
  /** Run-time parts of CUDA or ROCm that it carries itself. */
  readonly carries: readonly Toolkit[];
}

const icons: Readonly<Record<string, string>> = {
  conda: "package",
  mamba: "package",
  micromamba: "package",
  venv: "folder-library",
  virtualenv: "folder-library",
  uv: "zap",
  pyenv: "versions",
  poetry: "book",
  pixi: "symbol-misc",
  module: "extensions",
  system: "vm",
};

const faults: Readonly<Record<EnvironmentFault, string>> = {
  danglingInterpreter: "its Python is gone",
  noInterpreter: "no Python in it",
  missingCondaMeta: "conda-meta is missing",
  wrongArchitecture: "made for another machine",
  unreadable: "cannot be read",
  unfinished: "not finished",
};

/** In the order in which people look for them. */
const frameworkNames = ["torch", "tensorflow", "jax", "cupy", "jaxlib"];

export function environmentWords(environment: Environment, context: EnvironmentContext): RowWords {
  const { name, error } = environment;
  const kind = context.manager?.label ?? environment.manager;
  const description = facts([
    context.uses.includes("workspace") && "this workspace",
    context.uses.includes("jobs") && "jobs",
    error ? `broken: ${faults[error.reason]}` : whatItHas(environment, kind, context.verdicts),
    context.isAmbiguous && parentOf(environment.prefix),
  ]);
  return {
    label: name,
    description,
    tooltip: tooltip(environment, kind, context),
    spoken: [`${kind} environment ${name} on ${context.host}`, description.replaceAll(" · ", ", ")]
      .filter(Boolean)
      .join(", "),
    icon: iconOf(environment, context),
    context: `environment.${capabilities(environment, context).join(".")}`,
  };
}

/** `3.12 · torch 2.13 cu130 · works`; what does not work comes first, for rows are narrow. */
function whatItHas({ pythonVersion, packages }: Environment, kind: string, verdicts: readonly Verdict[]): string {
  const grade = worstVerdict(verdicts)?.grade;
  const isBad = grade === "fails" || grade === "limited";
  const has = frameworks(packages).slice(0, 2).map(frameworkText);
  return facts([
    isBad && describeGrade(grade),
    pythonVersion ? minor(pythonVersion) : "Python –",
    ...(has.length > 0 ? has : [kind]),
    grade && !isBad && describeGrade(grade),
  ]);
}

/** Trouble in shapes of its own; then what it was chosen for, then who made it. */
function iconOf({ error, manager }: Environment, { uses, verdicts }: EnvironmentContext): string {
  if (error) return "warning";
  const grade = worstVerdict(verdicts)?.grade;
  if (grade === "fails") return "error";
  if (uses.length > 0) return "check";
  return grade === "limited" ? "info" : (icons[manager] ?? "symbol-namespace");
}

/** Those people choose an environment by, the better known first. */
export function frameworks(packages: readonly Package[]): Package[] {
  const found = frameworkNames.flatMap((name) =>
    packages.filter((one) => one.name.toLowerCase().split("-")[0] === name),
  );
  return found.filter(({ name }) => name !== "jaxlib" || !found.some((one) => one.name === "jax"));
}

const frameworkText = ({ name, version, build }: Package): string =>
  [name, minor(version), build && buildText(build)].filter(Boolean).join(" ");

/** As wheels are tagged: `cu130`, `rocm6.4`, `cpu`. */
export function buildText(build: GpuBuild): string {
  if (build.kind === "cpu") return "cpu";
  if (build.version === undefined) return build.kind === "cuda" ? "CUDA" : "ROCm";
  return build.kind === "cuda" ? `cu${build.version.replaceAll(".", "")}` : `rocm${build.version}`;
}

/** `3.12` of `3.12.4`, `2.13` of `2.13.0+cu130`. */
function minor(version: string): string {
  return /^\d+\.\d+/.exec(version)?.[0] ?? version;
}

const parentOf = (path: string): string => path.replace(/\/+[^/]+\/*$/, "") || "/";

function tooltip(environment: Environment, kind: string, context: EnvironmentContext): Paragraph[] {
  const { prefix, pythonVersion, packages, error, project, module } = environment;
  const uses = context.uses.map((use) => (use === "workspace" ? "this workspace" : "jobs on this host"));
  return [
    `${environment.name} (${kind})`,
    prefix,
    error?.message,
    pythonVersion && `Python ${pythonVersion}`,
    project && `For the project ${project}`,
    module && `Loaded by the module ${module}`,
    uses.length > 0 && `Used for ${uses.join(" and ")}.`,
    environment.isProtected && "Belongs to the system or its manager: it is not changed here.",
    packages.length > 0 && packages.slice(0, 12).map(packageText).join(", "),
    ...context.carries.map(
      ({ kind, version, source }) => `Carries ${kind === "cuda" ? "CUDA" : "ROCm"} ${version} (${source})`,
    ),
    ...context.verdicts.flatMap(verdictText),
    ...context.loads.map(({ framework, why }) => `${framework}: ${why}`),
  ].filter((text): text is Paragraph => typeof text === "object" || (typeof text === "string" && text !== ""));
}

export const packageText = ({ name, version, build }: Package): string =>
  [name, version, build && !version.includes("+") && buildText(build)].filter(Boolean).join(" ");

function verdictText({ subject, grade, why, fix, rows }: Verdict): Paragraph[] {
  return [
    `${subject}: ${describeGrade(grade)}. ${why}${fix === undefined ? "" : ` ${fix}`}`,
    ...rows.map(({ text, source, date }) => ({ text: `“${text}”, read ${date} at`, page: source })),
  ];
}

/** What can be done with it here, as words for the menus. */
function capabilities(environment: Environment, { manager, hasTool, uses }: EnvironmentContext): string[] {
  const isOwn = environment.isProtected !== true;
  const isUsable = environment.error === undefined && environment.interpreter !== undefined;
  const can = (operation: unknown) => operation !== undefined && hasTool;
  return [
    isUsable && "usable",
    isUsable && can(manager?.clone) && "clone",
    isUsable && can(manager?.exports) && "export",
    isOwn && isUsable && can(manager?.install) && "install",
    isOwn && isUsable && can(manager?.uninstall) && "uninstall",
    isOwn && can(manager?.repair) && "repair",
    isOwn && can(manager?.remove) && "remove",
    isUsable && (uses.includes("workspace") ? "inWorkspace" : "offWorkspace"),
    isUsable && (uses.includes("jobs") ? "inJobs" : "offJobs"),
  ].filter((word) => word !== false);
}
