import type { Toolkit } from "../../../shared/environments";
import { readLibraries } from "./libraries";
import { linesOf } from "./records";
import { compareVersions, libraryVersion, majorMinor, present, readVersion } from "./versions";

/** A toolkit by itself, before it is known which one is active and which links lead to it. */
export type FoundToolkit = Omit<Toolkit, "active" | "links">;

/** Reads the fields of a record `cuda`; undefined where nothing in the folder tells its version. */
export function readCudaFolder(fields: readonly string[]): FoundToolkit | undefined {
  const [source, path = "", json, line, runtimes, header, nvccPath, said, defined, libraries, folders] = fields;
  if (!path.startsWith("/")) return undefined;
  const components = readComponents(json);
  const told = cudaVersion(path, { components, line, runtimes, header, said });
  if (!told) return undefined;
  const nvcc = nvccPath ? (components.get("cuda_nvcc") ?? nvccVersion(said)) : undefined;
  const libraryFolder = linesOf(folders)[0];
  return present<FoundToolkit>({
    kind: "cuda",
    version: told.version,
    path,
    source: source === "hpcSdk" || source === "module" ? source : "folder",
    nvcc,
    libraries: readLibraries(defined, libraries),
    evidence: told.evidence,
    libraryFolder: libraryFolder === `${path}/lib64` ? undefined : libraryFolder,
  });
}

interface Evidence {
  readonly components: ReadonlyMap<string, string>;
  readonly line: string | undefined;
  readonly runtimes: string | undefined;
  readonly header: string | undefined;
  readonly said: string | undefined;
}

/** In the order in which the answers are exact. No file is there in every version. */
function cudaVersion(path: string, evidence: Evidence): { version: string; evidence: string } | undefined {
  const inJson = evidence.components.get("cuda");
  if (inJson) return { version: inJson, evidence: "version.json" };
  const inText = readVersion(/^CUDA Version (\S+)/.exec(evidence.line ?? "")?.[1]);
  if (inText) return { version: inText, evidence: "version.txt" };
  const runtime = newestRuntime(linesOf(evidence.runtimes));
  if (runtime) return runtime;
  const code = Number(/CUDA_VERSION\s+(\d{4,6})\b/.exec(evidence.header ?? "")?.[1]);
  if (code >= 1000) {
    return { version: `${Math.floor(code / 1000)}.${Math.floor((code % 1000) / 10)}`, evidence: "cuda.h" };
  }
  const release = readVersion(/\brelease (\d+\.\d+)/.exec(evidence.said ?? "")?.[1]);
  if (release) return { version: release, evidence: "nvcc" };
  const named = readVersion(/\/(?:cuda-)?(\d+\.\d+(?:\.\d+)?)$/.exec(path)?.[1]);
  return named ? { version: named, evidence: "the folder's name" } : undefined;
}

/** The run-time library has a patch number of its own from CUDA 11 on, when parts began to be released apart. */
export function newestRuntime(paths: readonly string[]): { version: string; evidence: string } | undefined {
  const versions = paths
    .flatMap((path) => libraryVersion(path, "libcudart") ?? [])
    .filter((version) => version.split(".").length >= 3)
    .sort(compareVersions);
  const newest = versions.at(-1);
  if (newest === undefined) return undefined;
  const version = compareVersions(newest, "11") < 0 ? newest : majorMinor(newest);
  return { version, evidence: `libcudart.so.${newest}` };
}

/** Versions by component, of a `version.json`; empty where it is broken. */
function readComponents(json: string | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let document: unknown;
  try {
    document = JSON.parse(json ?? "");
  } catch {
    return found;
  }
  if (typeof document !== "object" || document === null) return found;
  for (const [name, component] of Object.entries(document)) {
    const version = readVersion(typeof component?.version === "string" ? component.version : undefined);
    if (version) found.set(name, version);
  }
  return found;
}

function nvccVersion(said: string | undefined): string | undefined {
  const text = said ?? "";
  return readVersion(/\bV(\d+\.\d+\.\d+)/.exec(text)?.[1]) ?? readVersion(/\brelease (\d+\.\d+)/.exec(text)?.[1]);
}
