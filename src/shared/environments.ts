/**
 * Python environments and GPU toolkits of a host, as the tree, forms and the CLI's JSON show them. Everything in here came
 * from the host and is hostile text. Absent means unknown.
 */
export interface EnvironmentReport {
  readonly environments: readonly Environment[];
  /** Folders that look like projects: what `create` can start from. */
  readonly projects: readonly ProjectFolder[];
  readonly warnings: readonly EnvironmentWarning[];
}

/** One Python that can be used on a host. */
export interface Environment {
  /** Its manager's id: `conda`, `venv`, …; see `core/environments/managers`. */
  readonly manager: string;
  /** What its manager calls it; for one that has no name the last part of its prefix, or of its project's folder. */
  readonly name: string;
  /**
   * Absolute path on the host: what `sys.prefix` says there. With `module` the environment's identity on its host; several
   * Pythons of the system share one, and differ in their `interpreter`.
   */
  readonly prefix: string;
  /** Absolute path of the program; absent where there is none. */
  readonly interpreter?: string;
  /** `3.12.4` */
  readonly pythonVersion?: string;
  /** Frameworks in it; all its packages where the whole list was asked for. */
  readonly packages: readonly Package[];
  /** It belongs to its manager or to the system: it is never deleted, and packages are changed in it only by its owner. */
  readonly isProtected?: true;
  /** The folder of the project that it is for. */
  readonly project?: string;
  /** The environment module that has to be loaded for it. */
  readonly module?: string;
  /** Why it cannot be used. */
  readonly error?: { readonly reason: EnvironmentFault; readonly message: string };
}

/** What can be wrong with an environment. */
export type EnvironmentFault =
  /** Its interpreter is a link to nothing, or is not there. */
  "danglingInterpreter" | "noInterpreter" | "missingCondaMeta" | "wrongArchitecture" | "unreadable" | "unfinished";

export interface Package {
  /** As its metadata says: `torch`. */
  readonly name: string;
  readonly version: string;
  /** What it was built for, where its metadata tells. */
  readonly build?: GpuBuild;
  /** Where its manager tells: `pypi`, `conda-forge`, … */
  readonly channel?: string;
}

/** What a framework's binary was built for; versions as `12.8`, `6.4`. */
export type GpuBuild =
  | { readonly kind: "cuda"; readonly version?: string }
  | { readonly kind: "rocm"; readonly version?: string }
  | { readonly kind: "cpu" };

export interface ProjectFolder {
  readonly path: string;
  /** Names of the files that make it one: `environment.yml`, `requirements.txt`, `pyproject.toml`, `uv.lock`, … */
  readonly files: readonly string[];
}

/** What could not be read, or was left out: one plain sentence. */
export interface EnvironmentWarning {
  readonly reason: string;
  readonly message: string;
}

/** What a host has to run GPU code with. */
export interface ToolkitReport {
  readonly driver?: Driver;
  /** By index; empty where there is none or no tool tells. */
  readonly gpus: readonly GpuArchitecture[];
  readonly toolkits: readonly Toolkit[];
  readonly warnings: readonly EnvironmentWarning[];
}

export interface Driver {
  readonly vendor: "nvidia" | "amd";
  /** `580.95.05`, `6.12.12`. */
  readonly version: string;
  /** The newest CUDA that the driver speaks: `13.0`. */
  readonly cudaVersion?: string;
}

export interface GpuArchitecture {
  readonly index: number;
  readonly name?: string;
  /** NVIDIA: `8.6`. */
  readonly computeCapability?: string;
  /** AMD: `gfx942`. */
  readonly gfx?: string;
}

/** One CUDA toolkit or ROCm installation, whole or only its run-time part. */
export interface Toolkit {
  readonly kind: "cuda" | "rocm";
  /** `12.4.1`, `6.4.0`; `12.4` where nothing more is known. */
  readonly version: string;
  /** Absolute path on the host, links resolved. */
  readonly path: string;
  /** Where it was found: a folder of the system, a module, NVIDIA's HPC SDK, or an environment's packages. */
  readonly source: "folder" | "module" | "hpcSdk" | "conda" | "pip";
  /** A new shell of this user would take this one. */
  readonly active: boolean;
  /** The module that has to be loaded for it. */
  readonly module?: string;
  /** The prefix of the environment that carries it. */
  readonly environment?: string;
  /** Version of the compiler in it, where there is one. */
  readonly nvcc?: string;
  /** The folder with its shared libraries, where it is not the usual one below `path`. */
  readonly libraryFolder?: string;
  readonly libraries: readonly ToolkitLibrary[];
  /** What says which version it is, such as `version.json`. */
  readonly evidence?: string;
  /** Names that lead to it: `/usr/local/cuda`, an alternative. */
  readonly links?: readonly string[];
}

export interface ToolkitLibrary {
  readonly name: "cudnn" | "nccl" | "tensorrt";
  readonly version: string;
  readonly path: string;
}

/** Whether a framework can use a host's GPUs, from the tables. */
export interface Verdict {
  /** What was judged: `torch 2.13.0+cu130`. */
  readonly subject: string;
  readonly grade: "works" | "limited" | "fails" | "unknown";
  /** One or two plain sentences. */
  readonly why: string;
  /** The rows of the official tables behind it. */
  readonly rows: readonly TableRow[];
  /** The smallest change that makes it work; absent where nothing needs to change or nothing would help. */
  readonly fix?: string;
}

export interface TableRow {
  /** `CUDA 13.x needs driver 580 or newer` */
  readonly text: string;
  /** The page that says so. */
  readonly source: string;
  /** When the page was read: `2026-09-14`. */
  readonly date: string;
}

/** What trying an environment on its host showed. */
export interface SelfTestReport {
  /** In the order in which they ran. */
  readonly steps: readonly SelfTestStep[];
}

export interface SelfTestStep {
  /** `import torch`, `torch GPU 0`, `torch all-reduce`; unique in a report. */
  readonly step: string;
  readonly outcome: "works" | "fails" | "missing" | "not tried";
  /** What was found and what to do about it, in plain sentences. */
  readonly words: string;
  /** The last line of the error itself, or figures behind the words. */
  readonly detail?: string;
  readonly seconds?: number;
}
