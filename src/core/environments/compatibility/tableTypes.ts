/** A page that a row of the tables was taken from, and the day it was read. */
export interface Page {
  readonly url: string;
  readonly date: string;
}

/** What every row has. A row that could not be held against its page is `unverified`, and nothing is refused because of it. */
export interface Sourced {
  readonly page: Page;
  readonly unverified?: true;
}

/** A CUDA toolkit and the oldest Linux driver that has all of it. */
export interface ToolkitDriver extends Sourced {
  /** `12.4.1` for 12.4 Update 1. */
  readonly cuda: string;
  readonly driver: string;
}

/** From this driver on every toolkit of the major version runs, within limits (minor-version compatibility). */
export interface CudaFamily extends Sourced {
  readonly major: number;
  /** Absent: each toolkit needs its own driver. */
  readonly driver?: string;
}

/** GPUs that the compiler of a toolkit has code for. */
export interface CompilerTargets extends Sourced {
  /** Toolkits from this version to the next row's. */
  readonly since: string;
  readonly least: string;
  /** Generations: the first part of the compute capability. */
  readonly generations: readonly number[];
}

/** Which GPUs a wheel has code for. */
export interface CudaTargets extends Sourced {
  /** Compute capabilities with machine code in it. */
  readonly code: readonly string[];
  /** Compute capability of the PTX in it, which the driver compiles for newer GPUs. */
  readonly ptx?: string;
}

export interface WheelTargets extends CudaTargets {
  /** `cu126`: the last part of the index's address. */
  readonly tag: string;
  /** First and last release of PyTorch that is built so; no `to`: still. */
  readonly from: string;
  readonly to?: string;
  /** As `uname -m` says. */
  readonly machine: "x86_64" | "aarch64";
}

export interface PythonRange {
  readonly from: string;
  readonly to: string;
  /** Has wheels that are not promised to work. */
  readonly experimental?: string;
}

export interface TorchRelease extends Sourced {
  /** `2.13` */
  readonly version: string;
  readonly python: PythonRange;
  /** Index tags, newest CUDA last. */
  readonly stable: readonly string[];
  readonly experimental: readonly string[];
  /** Index tag of its ROCm wheels. */
  readonly rocm?: string;
}

export interface RocmTargets extends Sourced {
  readonly from: string;
  readonly to: string;
  readonly gfx: readonly string[];
}

export interface TensorflowRelease extends Sourced {
  readonly version: string;
  readonly python: PythonRange;
  readonly cuda: string;
}

/** jax's plug-in for a CUDA major version. */
export interface JaxBuild extends Sourced {
  readonly cudaMajor: number;
  readonly driver: string;
  readonly computeCapability: string;
}

export interface XformersRelease extends Sourced {
  readonly version: string;
  readonly torch: string;
}
