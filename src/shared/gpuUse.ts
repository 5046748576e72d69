import type { Gpu, GpuProcess, GpuReport } from "./gpu";

/** Who uses a GPU and whether it is free: one answer for trees, tables and pages. */

const idleMemoryBytes = 2 ** 30;
const idleMemoryShare = 0.02;
const idleUtilizationPercent = 5;
const broken: ReadonlySet<string> = new Set(["gpuLost", "gpuUnreadable", "gpuNeedsReset"]);

/** A warning with one of these reasons means that the GPU cannot be used. */
export function isBroken(reason: string): boolean {
  return broken.has(reason);
}

/** The GPU a process runs on: by a uuid that only one GPU has, else by index. */
export function gpuOf(process: GpuProcess, gpus: readonly Gpu[]): Gpu | undefined {
  const owners = process.gpuUuid === undefined ? [] : gpus.filter((gpu) => gpu.uuid === process.gpuUuid);
  if (owners.length === 1) return owners[0];
  return process.gpuIndex === undefined ? undefined : gpus.find((gpu) => gpu.index === process.gpuIndex);
}

/** The processes on one GPU of the report. */
export function processesOf(report: GpuReport, gpu: Gpu): GpuProcess[] {
  return report.processes.filter((process) => gpuOf(process, report.gpus) === gpu);
}

/** The warnings about one GPU of the report; one that names no vendor means the first GPU with the index. */
export function warningsOf(report: GpuReport, gpu: Gpu) {
  return report.warnings.filter((warning) => {
    if (warning.gpuIndex !== gpu.index) return false;
    if (warning.vendor !== undefined) return warning.vendor === gpu.vendor;
    return report.gpus.find((candidate) => candidate.index === gpu.index) === gpu;
  });
}

/** A desktop's own drawing does not make a GPU taken. */
export function computes(process: GpuProcess): boolean {
  return process.type !== "G";
}

/** Memory or work that says "in use" whoever it is; unified memory is mostly taken by programs that use no GPU. */
export function showsUse(gpu: Gpu): boolean {
  const { memoryUsedBytes: used = 0, memoryTotalBytes: total = 0, utilizationPercent = 0, unifiedMemory } = gpu;
  const holds = used >= Math.max(idleMemoryBytes, total * idleMemoryShare) && !unifiedMemory;
  return holds || utilizationPercent >= idleUtilizationPercent;
}

/** Nobody computes on it, next to nothing of its memory is taken, it idles and it is not known to be broken. */
export function isFree(gpu: Gpu, report: GpuReport): boolean {
  if (gpu.memoryUsedBytes === undefined || showsUse(gpu)) return false;
  if (warningsOf(report, gpu).some(({ reason }) => isBroken(reason))) return false;
  return !processesOf(report, gpu).some(computes);
}

/** Who holds the GPU: user names without repetition, the one with the most memory first. */
export function ownersOf(report: GpuReport, gpu: Gpu): string[] {
  const memoryByUser = new Map<string, number>();
  for (const { user, memoryBytes = 0 } of processesOf(report, gpu).filter(computes)) {
    if (user !== undefined) memoryByUser.set(user, (memoryByUser.get(user) ?? 0) + memoryBytes);
  }
  return [...memoryByUser].sort((a, b) => b[1] - a[1]).map(([user]) => user);
}
