import { boundedText } from "../core/boundedText";
import type { EnvironmentParts } from "../core/environments/parts";
import { type FailureReason, problemOf } from "../core/failure";
import type { Runner } from "../core/remote";
import { sentence } from "../core/words";
import type { Environment, EnvironmentReport, EnvironmentWarning, GpuBuild, Package } from "../shared/environments";
import type { CommandLine } from "./arguments";
import { places, sorted } from "./hostEnvironments";
import { type Column, tableLines } from "./table";
import { ExitCode, type TerminalIo } from "./terminal";
import { withHost } from "./withHost";

type EnvsLine = Extract<CommandLine, { command: "envs" }>;

const columns: readonly Column[] = [
  { heading: "NAME" },
  { heading: "MANAGER" },
  { heading: "PYTHON" },
  { heading: "FRAMEWORKS" },
  { heading: "PREFIX" },
];

/** `tensorline envs HOST`: every Python on a host; with `--packages` the whole list of each. */
export async function runEnvs(line: EnvsLine, io: TerminalIo): Promise<ExitCode> {
  const { environments, warnings } = await withHost(line, io, async (runner, engine) => {
    const parts = engine.environments.parts();
    const signal = AbortSignal.timeout(120_000);
    const { report } = await parts.survey(runner, { ...places, fresh: true }, signal);
    const listing = { environments: sorted(report.environments), warnings: report.warnings };
    return line.packages ? withPackages(parts, runner, listing, signal) : listing;
  });
  if (line.json) io.printJson({ environments, warnings }, true);
  else io.print(environmentLines(environments, warnings, line.packages).join("\n"));
  return ExitCode.done;
}

type Listing = Pick<EnvironmentReport, "environments" | "warnings">;

/** An environment whose packages cannot be read keeps the frameworks that were found, with a warning. */
async function withPackages(
  { listPackages }: Pick<EnvironmentParts, "listPackages">,
  runner: Runner,
  { environments, warnings }: Listing,
  signal: AbortSignal,
): Promise<Listing> {
  const listed: Environment[] = [];
  const complaints: EnvironmentWarning[] = [];
  for (const environment of environments) {
    const { prefix, error } = environment;
    try {
      listed.push(error ? environment : { ...environment, packages: await listPackages(runner, prefix, signal) });
    } catch (failure) {
      const problem = problemOf(failure);
      if (!unlisted.has(problem.reason)) throw failure;
      listed.push(environment);
      complaints.push({ reason: problem.reason, message: sentence(problem) });
    }
  }
  return { environments: listed, warnings: [...warnings, ...complaints] };
}

/** What is wrong with one environment, and not with the connection. */
const unlisted: ReadonlySet<string> = new Set<FailureReason>([
  "hostNoSuchPath",
  "hostPermissionDenied",
  "unreadable",
  "deadline",
]);

/** Environments as a person reads them; unknown is "–". */
export function environmentLines(
  environments: readonly Environment[],
  warnings: readonly EnvironmentWarning[],
  showsPackages: boolean,
): string[] {
  const head = environments.length > 0 ? tableLines(columns, environments.map(cells)) : ["no Python environments"];
  const problems = environments.flatMap(({ prefix, error }) =>
    error ? [`  ! ${boundedText(prefix)}: ${boundedText(error.message)}`] : [],
  );
  const lists = showsPackages ? environments.flatMap(packageLines) : [];
  return [...head, ...problems, ...warnings.map(({ message }) => `  ! ${boundedText(message, 300)}`), ...lists];
}

function cells({ name, manager, module, pythonVersion, packages, prefix, error }: Environment): string[] {
  return [
    `${boundedText(name, 40)}${error ? " !" : ""}`,
    module === undefined ? manager : `${manager} (${boundedText(module, 30)})`,
    boundedText(pythonVersion ?? "–", 20),
    frameworks(packages) || "–",
    boundedText(prefix, 120),
  ];
}

function packageLines({ prefix, packages }: Environment): string[] {
  if (packages.length === 0) return [];
  return ["", boundedText(prefix), ...packages.map((one) => `  ${boundedText(one.name, 60)} ${versionText(one)}`)];
}

/** In the order in which people ask for them. */
const known = ["torch", "jax", "tensorflow", "cupy"];

function frameworks(packages: readonly Package[]): string {
  return known
    .flatMap((name) => packages.find((one) => one.name === name || one.name.startsWith(`${name}-`)) ?? [])
    .map((one) => `${boundedText(one.name, 30)} ${versionText(one)}`)
    .join(", ");
}

function versionText({ version, build }: Package): string {
  const text = boundedText(version, 40);
  // `2.13.0+cu130` says it already.
  return build === undefined || text.includes("+") ? text : `${text} (${buildText(build)})`;
}

function buildText(build: GpuBuild): string {
  switch (build.kind) {
    case "cpu":
      return "CPU";
    case "cuda":
      return build.version === undefined ? "CUDA" : `CUDA ${boundedText(build.version, 10)}`;
    case "rocm":
      return build.version === undefined ? "ROCm" : `ROCm ${boundedText(build.version, 10)}`;
  }
}
