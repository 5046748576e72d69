import { amdGpus, type Finding, gpuText, listed, type Machine, nvidiaGpus, row, unknown, withoutGpu } from "./finding";
import type { RocmTargets } from "./tableTypes";

/** Whether there is an AMD GPU at all; nothing where there is, and the rest is to be judged. */
export function checkAmd(machine: Machine): Finding | undefined {
  if (amdGpus(machine).length > 0) return undefined;
  if (nvidiaGpus(machine).length > 0)
    return { grade: "fails", why: "It is built for AMD GPUs, and this machine has NVIDIA ones.", rows: [] };
  return withoutGpu(machine);
}

/** Whether a wheel for ROCm has code for every AMD GPU of the machine. */
export function checkGfx(targets: RocmTargets | undefined, machine: Machine): Finding {
  const gpus = amdGpus(machine);
  if (!targets) return unknown("For which AMD GPUs the wheel has code is not in the tables.");
  const rows = [row(`It has code for ${targets.gfx.join(", ")}`, targets)];
  const unread = gpus.filter(({ gfx }) => gfx === undefined);
  const missing = gpus.filter(({ gfx }) => gfx !== undefined && !targets.gfx.includes(gfx.replace(/:.*/, "")));
  if (missing.length > 0 && !targets.unverified) {
    const rest = missing.length < gpus.length ? " The other GPUs can be used." : "";
    const grade = missing.length < gpus.length ? "limited" : "fails";
    return { grade, why: `The wheel has no code for ${listed(missing, gpuText)}.${rest}`, rows };
  }
  const doubtful = [...missing, ...unread];
  if (doubtful.length > 0)
    return {
      grade: "unknown",
      why: `Whether the wheel has code for ${listed(doubtful, gpuText)} is not known.`,
      rows,
    };
  return { grade: "works", why: `The wheel has code for ${gpus.length > 1 ? "every GPU" : "the GPU"}.`, rows };
}

/** For builds that the tables say nothing about. */
export const checkOtherRocm = (what: string, machine: Machine): Finding =>
  checkAmd(machine) ?? unknown(`For which AMD GPUs the builds of ${what} are made is not in the tables.`);
