import * as v from "valibot";
import {
  type Gpu,
  type GpuProcess,
  type GpuReport,
  GpuReportSchema,
  type GpuVendor,
  type Warning,
} from "../../shared/gpu";
import type { Problem } from "../failure";
import { sentence } from "../words";
import { gpuProblems } from "./health";

/** One GPU as a tool's output shows it, with the facts its health is judged by. */
export interface GpuReading {
  readonly gpu: Gpu;
  /** The tool says that the GPU no longer answers. */
  readonly lost?: boolean;
  /** The driver asks for a reset of the GPU (or of the machine). */
  readonly needsReset?: boolean;
  /** Powered down by the kernel; it was not read so as not to wake it. */
  readonly asleep?: boolean;
  /** The tool's own words where none of the GPU's basic values could be read. */
  readonly unreadable?: string;
}

/** What one output of a GPU tool holds. */
export interface Reading {
  readonly gpus: readonly GpuReading[];
  readonly processes: readonly GpuProcess[];
  /** What concerns the host, or a GPU that has no entry. Problems of the GPUs themselves are derived from `gpus`. */
  readonly problems: readonly Problem[];
}

/** The reading as other programs get it: validated, problems said in words. Throws when a parser broke the contract. */
export function toReport(reading: Reading): GpuReport {
  return v.parse(GpuReportSchema, {
    gpus: reading.gpus.map((entry) => entry.gpu),
    processes: reading.processes,
    warnings: [...reading.gpus.flatMap(gpuWarnings), ...reading.problems.map((problem) => toWarning(problem))],
  });
}

/** A problem as a warning of a report; it belongs to one GPU, the vendor's, where the problem names an index. */
export function toWarning(problem: Problem, vendor?: GpuVendor): Warning {
  const index = "index" in problem ? problem.index : undefined;
  return {
    reason: problem.reason,
    message: sentence(problem),
    ...known({ gpuIndex: index, vendor: index === undefined ? undefined : vendor }),
  };
}

/** What is wrong with one GPU, as warnings. */
export function gpuWarnings(reading: GpuReading): Warning[] {
  return gpuProblems(reading).map((problem) => toWarning(problem, reading.gpu.vendor));
}

/** The GPU as one that is known but shows no values at present. */
export function withoutValues({ gpu }: GpuReading): GpuReading {
  const { vendor, index, uuid, name, busId, driverVersion, memoryTotalBytes, unifiedMemory } = gpu;
  return { gpu: known({ vendor, index, uuid, name, busId, driverVersion, memoryTotalBytes, unifiedMemory }) };
}

/** The same object without the members that are not known. */
export function known<T extends object>(members: T): Known<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Known<T>;
}

type Known<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};
