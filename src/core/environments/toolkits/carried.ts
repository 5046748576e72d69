import type { ToolkitLibrary } from "../../../shared/environments";
import { type FoundToolkit, newestRuntime } from "./cudaFolder";
import { type CarriedFramework, readFrameworks } from "./frameworks";
import { mergeLibraries, readLibraries } from "./libraries";
import { linesOf } from "./records";
import { majorMinor, present, readVersion } from "./versions";

/** What an environment carries of CUDA, cuDNN, NCCL and ROCm, and its frameworks, by the names of its files. */
export interface CarriedRuntimes {
  readonly prefix: string;
  /** Run-time parts in packages of pip or conda. */
  readonly toolkits: readonly FoundToolkit[];
  readonly frameworks: readonly CarriedFramework[];
}

/** Reads the fields of a record `environment`. */
export function readCarried(fields: readonly string[]): CarriedRuntimes | undefined {
  const [prefix = "", files] = fields;
  if (!prefix.startsWith("/")) return undefined;
  const paths = linesOf(files).map((path) => `${prefix}/${path}`);
  const conda = condaRuntime(prefix, paths);
  return {
    prefix,
    toolkits: [...(conda ? [conda] : []), ...sites(paths).flatMap((site) => pipRuntimes(prefix, site, paths))],
    frameworks: readFrameworks(paths),
  };
}

function sites(paths: readonly string[]): readonly string[] {
  const found = paths.map((path) => /^(.*\/site-packages)\//.exec(path)?.[1]);
  return [...new Set(found.filter((site) => site !== undefined))];
}

/** Version of a distribution of which one of these is the name, as its folder says: `nvidia_cudnn_cu12-9.1.0.70.dist-info`. */
function distribution(paths: readonly string[], site: string, name: RegExp): string | undefined {
  for (const path of paths) {
    if (!path.startsWith(`${site}/`)) continue;
    const [, found = "", version] = /^([\w.]+)-(\d[\w.+!]*)\.dist-info$/.exec(path.slice(site.length + 1)) ?? [];
    if (name.test(found)) return version;
  }
  return undefined;
}

function pipRuntimes(prefix: string, site: string, paths: readonly string[]) {
  const toolkits: FoundToolkit[] = [];
  const folders = paths.flatMap(
    (path) => /^(.*\/nvidia\/(cuda_runtime|cu\d+))\/lib\/libcudart\.so\./.exec(path)?.[1] ?? [],
  );
  for (const path of new Set(folders.filter((folder) => folder.startsWith(`${site}/`)))) {
    // cu12 has a package for each part; from cu13 on the parts share one folder and lose the suffix.
    const shared = path.endsWith("cuda_runtime") ? undefined : path.slice(path.lastIndexOf("cu") + 2);
    const suffix = shared === undefined ? "_cu(11|12)" : `(_cu${shared})?`;
    const runtime = distribution(paths, site, new RegExp(`^nvidia_cuda_runtime${suffix}$`));
    const version = runtime ?? shared;
    if (version === undefined) continue;
    const hasCompiler = paths.includes(`${path}/bin/nvcc`);
    toolkits.push(
      present<FoundToolkit>({
        kind: "cuda",
        version: majorMinor(version),
        path,
        source: "pip",
        environment: prefix,
        libraryFolder: `${path}/lib`,
        nvcc: hasCompiler ? distribution(paths, site, new RegExp(`^nvidia_cuda_nvcc${suffix}$`)) : undefined,
        libraries: pipLibraries(site, paths),
        evidence: runtime === undefined ? path.slice(site.length + 1) : `nvidia-cuda-runtime ${runtime}`,
      }),
    );
  }
  const rocm = distribution(paths, site, /^rocm_sdk_core$/);
  if (rocm !== undefined && paths.includes(`${site}/_rocm_sdk_core`)) {
    const path = `${site}/_rocm_sdk_core`;
    const evidence = `rocm-sdk-core ${rocm}`;
    toolkits.push({ kind: "rocm", version: rocm, path, source: "pip", environment: prefix, libraries: [], evidence });
  }
  return toolkits;
}

function pipLibraries(site: string, paths: readonly string[]): readonly ToolkitLibrary[] {
  const known = (name: ToolkitLibrary["name"], distributions: RegExp, file: RegExp): ToolkitLibrary[] => {
    const version = distribution(paths, site, distributions);
    const path = paths.find((candidate) => candidate.startsWith(`${site}/`) && file.test(candidate));
    return version === undefined ? [] : [{ name, version, path: path ?? site }];
  };
  return [
    ...known("cudnn", /^nvidia_cudnn_cu\d+$/, /\/nvidia\/cudnn\/lib\/libcudnn\.so\./),
    ...known("nccl", /^nvidia_nccl_cu\d+$/, /\/nvidia\/nccl\/lib\/libnccl\.so\./),
    ...known("tensorrt", /^tensorrt(_cu\d+)?(_libs)?$/, /\/tensorrt(_libs)?\//),
  ];
}

/** `cuda-cudart-12.4.127-h99ab3db_0.json`: the version of a package in conda's own list. */
function condaPackage(prefix: string, paths: readonly string[], name: string): string | undefined {
  const start = `${prefix}/conda-meta/${name}-`;
  const found = paths.find((path) => path.startsWith(start) && /^\d[^-]*-[^-]+\.json$/.test(path.slice(start.length)));
  return readVersion(found?.slice(start.length).split("-")[0]);
}

function condaRuntime(prefix: string, paths: readonly string[]): FoundToolkit | undefined {
  const inLibrary = paths.filter((path) => path.startsWith(`${prefix}/lib/libcudart.so.`));
  const of = (name: string) => condaPackage(prefix, paths, name);
  const [whole, part] = [of("cudatoolkit"), of("cuda-cudart")];
  const told =
    whole !== undefined
      ? { version: whole, evidence: `cudatoolkit ${whole}` }
      : part !== undefined
        ? { version: majorMinor(part), evidence: `cuda-cudart ${part}` }
        : newestRuntime(inLibrary);
  if (told === undefined || inLibrary.length === 0) return undefined;
  const packages: ToolkitLibrary[] = (["cudnn", "libcudnn", "nccl"] as const).flatMap((name) => {
    const found = of(name);
    const file = name === "nccl" ? "libnccl" : "libcudnn";
    const path = paths.find((candidate) => candidate.startsWith(`${prefix}/lib/${file}.so.`));
    const library = name === "nccl" ? name : "cudnn";
    return found === undefined ? [] : [{ name: library, version: found, path: path ?? `${prefix}/lib` }];
  });
  return present<FoundToolkit>({
    kind: "cuda",
    version: told.version,
    path: prefix,
    source: "conda",
    environment: prefix,
    nvcc: paths.includes(`${prefix}/bin/nvcc`) ? of("cuda-nvcc") : undefined,
    libraryFolder: `${prefix}/lib`,
    libraries: mergeLibraries(
      packages,
      readLibraries(undefined, paths.filter((path) => path.startsWith(`${prefix}/lib/lib`)).join("\n")),
    ),
    evidence: told.evidence,
  });
}
