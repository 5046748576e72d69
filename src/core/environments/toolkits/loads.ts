import type { Environment, Toolkit } from "../../../shared/environments";
import type { CarriedFramework } from "./frameworks";
import type { ToolkitSurvey } from "./readSurvey";
import { libraryVersion, majorMinor, present } from "./versions";

/** Which CUDA run-time library or cuDNN a framework would load, from where, and why. */
export interface LoadedLibrary {
  readonly framework: CarriedFramework["name"];
  readonly library: "cuda" | "cudnn";
  readonly from: Origin | "nowhere";
  readonly version?: string;
  /** The library, or the folder with it. */
  readonly path?: string;
  /** One plain sentence. */
  readonly why: string;
}

type Origin = "own" | "pip" | "shell" | "conda" | "system";

/**
 * The order in which a framework's libraries are looked for. A framework's own folder always comes first. `DT_RPATH` comes
 * before `LD_LIBRARY_PATH`, `DT_RUNPATH` after it (ld.so(8)): PyTorch's CUDA wheels are linked the first way
 * (`patchelf --force-rpath` in its builds), and so are conda's packages; JAX's and TensorFlow's wheels the second way.
 * CuPy's wheels name no folder.
 */
const orders: Readonly<Record<CarriedFramework["name"], readonly Origin[]>> = {
  torch: ["own", "pip", "shell", "conda", "system"],
  jax: ["own", "shell", "pip", "conda", "system"],
  tensorflow: ["own", "shell", "pip", "conda", "system"],
  cupy: ["own", "shell", "conda", "pip", "system"],
};
const condaOrder: readonly Origin[] = ["own", "conda", "shell", "system"];

type Facts = Pick<ToolkitSurvey, "carried" | "shell" | "toolkits">;
type Found = Pick<LoadedLibrary, "version" | "path">;

/** For each framework with code for CUDA in an environment that was among those surveyed: two answers. */
export function loads(environment: Environment, facts: Facts): readonly LoadedLibrary[] {
  const carried = facts.carried.find(({ prefix }) => prefix === environment.prefix);
  return (carried?.frameworks ?? []).flatMap((framework) =>
    (["cuda", "cudnn"] as const).map((library) => load(environment, framework, library, facts)),
  );
}

function load(
  environment: Environment,
  framework: CarriedFramework,
  library: LoadedLibrary["library"],
  facts: Facts,
): LoadedLibrary {
  const order = framework.from === "conda" ? condaOrder : orders[framework.name];
  const wanted = library === "cuda" ? builtFor(environment, framework.name) : undefined;
  const answer = order
    .map((from) => ({ from, found: look(from, environment, framework, library, facts, wanted) }))
    .find(({ found }) => found !== undefined);
  const from = answer?.from ?? "nowhere";
  const behind = order.slice(order.indexOf("shell") + 1).some((origin) => origin === "pip");
  return present<LoadedLibrary>({
    framework: framework.name,
    library,
    from,
    version: answer?.found?.version,
    path: answer?.found?.path,
    why: sentence(framework.name, library, from, answer?.found, behind),
  });
}

function look(
  from: Origin,
  environment: Environment,
  framework: CarriedFramework,
  library: LoadedLibrary["library"],
  { carried, shell, toolkits }: Facts,
  wanted: string | undefined,
): Found | undefined {
  switch (from) {
    case "own":
      return framework.own.find((own) => own.library === library);
    case "pip":
    case "conda": {
      const runtimes = carried.find(({ prefix }) => prefix === environment.prefix)?.toolkits ?? [];
      return runtimes
        .filter(({ kind, source, version }) => kind === "cuda" && source === from && fits(version, wanted))
        .map((toolkit) =>
          library === "cuda"
            ? { version: toolkit.version, path: toolkit.libraryFolder ?? toolkit.path }
            : toolkit.libraries.find(({ name }) => name === "cudnn"),
        )
        .find((found) => found !== undefined);
    }
    case "shell":
      return fileOf(
        shell.libraryPath.flatMap(({ files }) => files),
        library,
        toolkits,
        wanted,
      );
    case "system":
      return fileOf(shell.systemLibraries, library, toolkits, wanted);
  }
}

/** The first of these files that is the library, in a version that fits. */
function fileOf(
  files: readonly string[],
  library: LoadedLibrary["library"],
  toolkits: readonly Toolkit[],
  wanted: string | undefined,
): Found | undefined {
  const name = library === "cuda" ? "libcudart" : "libcudnn";
  for (const path of files) {
    const number = libraryVersion(path, name);
    if (number === undefined || !fits(number, wanted)) continue;
    const home = toolkits.find((toolkit) => toolkit.kind === "cuda" && path.startsWith(`${toolkit.path}/`));
    return { version: library === "cuda" ? (home?.version ?? majorMinor(number)) : number, path };
  }
  return undefined;
}

/** A library of another main version has another name and is never taken. */
function fits(version: string, wanted: string | undefined): boolean {
  return wanted === undefined || version.split(".")[0] === wanted.split(".")[0];
}

function builtFor(environment: Environment, framework: CarriedFramework["name"]): string | undefined {
  const build = environment.packages.find(({ name }) => name.toLowerCase() === framework)?.build;
  return build?.kind === "cuda" ? build.version : undefined;
}

function sentence(
  framework: string,
  library: LoadedLibrary["library"],
  from: LoadedLibrary["from"],
  found: Found | undefined,
  beforePip: boolean,
): string {
  const what = `${library === "cuda" ? "CUDA" : "cuDNN"}${found?.version ? ` ${found.version}` : ""}`;
  switch (from) {
    case "own":
      return `${framework} brings ${what} in its own folder and takes that before any other.`;
    case "pip":
      return beforePip
        ? `${framework} takes ${what} from this environment’s pip packages; LD_LIBRARY_PATH would come first but names none that fits.`
        : `${framework} takes ${what} from this environment’s pip packages: its RPATH names them, and comes before LD_LIBRARY_PATH.`;
    case "conda":
      return `${framework} takes ${what} from this conda environment’s own lib folder.`;
    case "shell":
      return `${framework} takes ${what} from ${folderOf(found?.path)} because the login shell’s LD_LIBRARY_PATH names that folder${
        beforePip ? ", and it comes before pip’s packages" : ""
      }.`;
    case "system":
      return `${framework} takes ${what} from ${folderOf(found?.path)}, where the system’s own list of libraries (ldconfig) has it.`;
    case "nowhere":
      return `${framework} finds no ${what} that fits: not in this environment, LD_LIBRARY_PATH or the system’s list of libraries.`;
  }
}

function folderOf(path: string | undefined): string {
  return path?.slice(0, path.lastIndexOf("/")) || "/";
}
