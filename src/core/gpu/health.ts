import type { Gpu, GpuProcess, GpuReport } from "../../shared/gpu";
import type { Problem } from "../failure";
import type { GpuReading } from "./reading";

/** What is wrong with one GPU, worst first; a lost GPU has no other problem worth saying. */
export function gpuProblems(reading: GpuReading): Problem[] {
  const { index, busId, eccUncorrected } = reading.gpu;
  const where = busId === undefined ? { index } : { index, busId };
  if (reading.lost) return [{ reason: "gpuLost", ...where }];
  const problems: Problem[] = [];
  if (reading.unreadable !== undefined)
    problems.push({ reason: "gpuUnreadable", ...where, detail: reading.unreadable });
  if (reading.needsReset) problems.push({ reason: "gpuNeedsReset", index });
  if (eccUncorrected !== undefined && eccUncorrected > 0)
    problems.push({ reason: "eccErrors", index, count: eccUncorrected });
  if (reading.asleep) problems.push({ reason: "gpuAsleep", index });
  return problems;
}

const idleMemoryBytes = 2 ** 30;
const idleMemoryShare = 0.02;
const idleUtilizationPercent = 5;

/**
 * GPUs nobody uses: no process, almost no memory taken, no work. A GPU whose memory is not known, that is lost or
 * unreadable is not free; an unknown utilization does not count against it.
 */
export function freeGpus(report: GpuReport): Gpu[] {
  return report.gpus.filter((gpu) => {
    const broken = report.warnings.some((warning) => warning.gpuIndex === gpu.index && isBroken(warning.reason));
    const { memoryUsedBytes: used, memoryTotalBytes: total, utilizationPercent = 0 } = gpu;
    if (broken || used === undefined) return false;
    const memoryIdle = used < idleMemoryBytes || (total !== undefined && used < total * idleMemoryShare);
    return memoryIdle && utilizationPercent < idleUtilizationPercent && processesOf(report, gpu).length === 0;
  });
}

/** Who holds the GPU: user names without repetition, the one with the most memory first. */
export function busyOwners(report: GpuReport, gpu: Gpu): string[] {
  const memoryByUser = new Map<string, number>();
  for (const { user, memoryBytes = 0 } of processesOf(report, gpu)) {
    if (user !== undefined) memoryByUser.set(user, (memoryByUser.get(user) ?? 0) + memoryBytes);
  }
  return [...memoryByUser].sort((a, b) => b[1] - a[1]).map(([user]) => user);
}

/** The processes on one GPU. */
export function processesOf(report: GpuReport, gpu: Gpu): GpuProcess[] {
  return report.processes.filter((process) =>
    process.gpuIndex === undefined
      ? process.gpuUuid !== undefined && process.gpuUuid === gpu.uuid
      : process.gpuIndex === gpu.index,
  );
}

function isBroken(reason: string): boolean {
  return reason === "gpuLost" || reason === "gpuUnreadable" || reason === "gpuNeedsReset";
}
