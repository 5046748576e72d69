import type { Toolkit, ToolkitReport } from "../../../shared/environments";
import { markActive } from "./active";
import { type CarriedRuntimes, readCarried } from "./carried";
import { type FoundToolkit, readCudaFolder } from "./cudaFolder";
import { readDriver } from "./driver";
import { mergeLibraries, readLibraries } from "./libraries";
import { type LoginShell, readLoginShell } from "./loginShell";
import { type ModuleEffect, readModules } from "./moduleText";
import { linesOf, type SurveyRecord } from "./records";
import { readRocmFolder } from "./rocmFolder";
import { compareVersions, present } from "./versions";
import { readWarnings } from "./warnings";

/** What a host has to run GPU code with, and what is needed to tell which part of it a program would load. */
export interface ToolkitSurvey extends ToolkitReport {
  readonly shell: LoginShell;
  readonly carried: readonly CarriedRuntimes[];
  /** Modules whose names matter here, with what they set. */
  readonly modules: readonly ModuleEffect[];
  /** Paths among which the host's alternatives of that name choose; empty where there is no such choice. */
  readonly alternatives: Readonly<Record<Toolkit["kind"], readonly string[]>>;
}

/** Puts together what the script said. @param root what stands in front of the system's own folders */
export function readSurvey(records: readonly SurveyRecord[], root: string): ToolkitSurvey {
  const of = (type: string) => records.filter((record) => record.type === type).map(({ fields }) => fields);
  const shell = readLoginShell(records);
  const modules = readModules(of("available")[0]?.[0], of("shown")[0]?.[0]);
  const carried = of("environment").flatMap((fields) => readCarried(fields) ?? []);
  const inEnvironments = carried.flatMap(({ toolkits }) => toolkits);
  const inFolders = [
    ...of("cuda").flatMap((fields) => readCudaFolder(fields) ?? []),
    ...of("rocm").flatMap((fields) => readRocmFolder(fields) ?? []),
    // A conda environment may look like a toolkit's folder where the login shell is inside it.
  ].filter(({ path }) => inEnvironments.every((toolkit) => toolkit.path !== path));
  const { driver, gpus, trouble } = readDriver(records);
  const toolkits = [...withSystemLibraries(inFolders, of("system")[0] ?? []), ...inEnvironments]
    .map((toolkit) => withNames(toolkit, of("link"), modules))
    .sort((a, b) => a.kind.localeCompare(b.kind) || compareVersions(b.version, a.version));
  return present<ToolkitSurvey>({
    driver,
    gpus,
    toolkits: markActive(toolkits, shell, root),
    warnings: readWarnings(records, trouble),
    shell,
    carried,
    modules,
    alternatives: {
      cuda: readAlternatives(of("alternatives").find(([name]) => name === "cuda")?.[1]),
      rocm: readAlternatives(of("alternatives").find(([name]) => name === "rocm")?.[1]),
    },
  });
}

/** Libraries that the system's packages bring serve each toolkit of the system that has none of its own. */
function withSystemLibraries(toolkits: readonly FoundToolkit[], [defined, files]: readonly string[]) {
  const system = readLibraries(defined, files);
  return toolkits.map((toolkit) =>
    toolkit.kind === "cuda" && toolkit.source === "folder"
      ? { ...toolkit, libraries: mergeLibraries(toolkit.libraries, system) }
      : toolkit,
  );
}

function withNames(
  toolkit: FoundToolkit,
  links: readonly (readonly string[])[],
  modules: readonly ModuleEffect[],
): Omit<Toolkit, "active"> {
  const leading = links.flatMap(([kind, name, target]) =>
    kind === toolkit.kind && target === toolkit.path && name !== undefined && name !== target ? [name] : [],
  );
  const names = [...new Set(leading)];
  const module = modules.find((effect) => leadsTo(effect, [toolkit.path, ...names]))?.name;
  return present<Omit<Toolkit, "active">>({
    ...toolkit,
    module: toolkit.source === "module" ? module : undefined,
    links: names.length > 0 ? names : undefined,
  });
}

/** It sets a variable to one of these folders, or puts their programs first. */
function leadsTo({ set, prepend }: ModuleEffect, names: readonly string[]): boolean {
  const programs = prepend.PATH ?? [];
  return names.some((name) => Object.values(set).includes(name) || programs.includes(`${name}/bin`));
}

/** `Alternative: PATH` of Debian's tool, `PATH - priority N` of Red Hat's. */
function readAlternatives(text: string | undefined): readonly string[] {
  const paths = linesOf(text).flatMap((line) => {
    const [, debian, redHat] = /^(?:Alternative: (\/.*)|(\/.*) - priority .*)$/.exec(line) ?? [];
    return debian ?? redHat ?? [];
  });
  return [...new Set(paths)];
}
