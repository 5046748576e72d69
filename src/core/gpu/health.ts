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
