import { boundedText } from "../../boundedText";
import { linesOf, type SurveyRecord } from "./records";

/** What a new login shell of the user has, as it said itself. */
export interface LoginShell {
  /** False where its start-up files did not let it answer in time, or at all: then the rest is unknown. */
  readonly answered: boolean;
  readonly cudaHome?: string;
  readonly cudaPath?: string;
  readonly rocmPath?: string;
  /** Folders of `LD_LIBRARY_PATH` with CUDA's or ROCm's libraries in them, in order. */
  readonly libraryPath: readonly LibraryFolder[];
  /** The compilers on its `PATH`, links and wrapper scripts followed. */
  readonly nvcc?: string;
  readonly hipcc?: string;
  /** What the system's own list of libraries (ldconfig) has of them. */
  readonly systemLibraries: readonly string[];
}

export interface LibraryFolder {
  readonly folder: string;
  /** Paths of the libraries, links resolved. */
  readonly files: readonly string[];
}

/** Reads the records `shell`, `compiler`, `libraries` and `cache`. */
export function readLoginShell(records: readonly SurveyRecord[]): LoginShell {
  const said = new Map(records.flatMap(({ type, fields: [name, value] }) => pair(type === "shell", name, value)));
  const compilers = new Map(
    records.flatMap(({ type, fields: [name, , target] }) => pair(type === "compiler", name, target)),
  );
  const cache = records.find(({ type }) => type === "cache")?.fields[0];
  const folder = (name: string) => absolute(said.get(name));
  const optional = {
    cudaHome: folder("CUDA_HOME"),
    cudaPath: folder("CUDA_PATH"),
    rocmPath: folder("ROCM_PATH") ?? folder("HIP_PATH"),
    nvcc: absolute(compilers.get("nvcc")),
    hipcc: absolute(compilers.get("hipcc")),
  };
  return {
    answered: said.size > 0,
    libraryPath: records.flatMap(({ type, fields: [name = "", files] }) =>
      type === "libraries" && name.startsWith("/") ? [{ folder: name, files: linesOf(files) }] : [],
    ),
    systemLibraries: linesOf(cache).flatMap((line) => / => (\/.*)$/.exec(line)?.[1] ?? []),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}

function pair(wanted: boolean, name: string | undefined, value: string | undefined): readonly [string, string][] {
  return wanted && name !== undefined && value !== undefined && value !== "" ? [[name, value]] : [];
}

/** An absolute path without the slashes behind it. */
function absolute(text: string | undefined): string | undefined {
  return text?.startsWith("/") && boundedText(text, 4096) === text ? text.replace(/\/+$/, "") || "/" : undefined;
}
