import { type Finding, gpuText, isIntegrated, listed, type Machine, nvidiaGpus, row, unknown } from "./finding";
import { compilerTargets } from "./tables";
import type { Sourced } from "./tableTypes";
import { atLeast, isVersion, majorOf } from "./versions";

/** Whether something that names its oldest GPU can use every NVIDIA GPU of the machine. */
export function checkLeast(what: string, least: string, source: Sourced, machine: Machine): Finding {
  const gpus = nvidiaGpus(machine);
  const rows = [row(`${what} is for compute capability ${least} and newer`, source)];
  const old = gpus.filter(({ computeCapability: has }) => isVersion(has) && !atLeast(has, least));
  const unread = gpus.filter(({ computeCapability: has }) => !isVersion(has));
  if (old.length > 0) {
    const grade = old.length < gpus.length ? "limited" : "fails";
    return {
      grade,
      why: `${what} needs compute capability ${least}: it leaves out ${listed(old, gpuText)}.`,
      rows,
    };
  }
  if (unread.length > 0)
    return { grade: "unknown", why: `The compute capability of ${listed(unread, gpuText)} is not known.`, rows };
  return { grade: "works", why: `${what} supports ${gpus.length > 1 ? "these GPUs" : "this GPU"}.`, rows };
}

/** Whether a toolkit's compiler makes code for every NVIDIA GPU of the machine. */
export function checkCompiler(version: string, machine: Machine): Finding {
  const gpus = nvidiaGpus(machine).filter(({ computeCapability }) => isVersion(computeCapability));
  const targets = compilerTargets.findLast(({ since }) => atLeast(version, since));
  if (!targets || gpus.length === 0 || gpus.every(isIntegrated))
    return unknown(`For which GPUs CUDA ${version} compiles is not known.`);
  const rows = [
    row(
      `CUDA ${targets.since} and later compile for compute capability ${targets.least} to ${targets.generations.at(-1)}.x`,
      targets,
    ),
  ];
  const missing = gpus.filter(
    ({ computeCapability: has = "" }) => !atLeast(has, targets.least) || !targets.generations.includes(majorOf(has)),
  );
  if (missing.length === 0)
    return { grade: "works", why: `It compiles for ${gpus.length > 1 ? "these GPUs" : "this GPU"}.`, rows };
  const names = listed(missing, gpuText);
  if (targets.unverified) return { grade: "unknown", why: `Whether it compiles for ${names} is not known.`, rows };
  const old = missing.some(({ computeCapability: has = "" }) => !atLeast(has, targets.least));
  return {
    grade: missing.length < gpus.length ? "limited" : "fails",
    why: `Its compiler knows nothing of ${names}.`,
    rows,
    fix: old
      ? toolkitBefore(targets.since)
      : toolkitFor(missing.map(({ computeCapability: has = "" }) => majorOf(has))),
  };
}

const toolkitBefore = (since: string): string => `Use a CUDA toolkit older than ${since} for them.`;

function toolkitFor(generations: readonly number[]): string {
  const first = compilerTargets.find((one) => generations.every((generation) => one.generations.includes(generation)));
  return first ? `Use CUDA toolkit ${first.since} or newer.` : "Use a newer CUDA toolkit.";
}
