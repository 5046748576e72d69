import { cudaOfTag } from "./build";
import { checkNvidia, driverAdvice, reach } from "./cuda";
import { amdGpus, gpuText, isIntegrated, listed, type Machine, nvidiaGpus } from "./finding";
import { wheelTargets } from "./tables";
import { compareVersions, isVersion } from "./versions";

/** Why no wheel of PyTorch uses the GPUs of a machine, and what could be done about it. */
export interface Advice {
  readonly why: string;
  readonly alternatives: readonly string[];
}

export const jetsonFix = "Install the wheel that NVIDIA makes for this JetPack.";

export function adviseWithoutWheel(machine: Machine): Advice {
  const gpus = nvidiaGpus(machine);
  if (gpus.length === 0) return adviseOthers(machine);
  const missing = checkNvidia(machine);
  if (missing) return { why: missing.why, alternatives: missing.fix ? [missing.fix] : [] };
  if (gpus.some(isIntegrated))
    return { why: "PyTorch's own wheels have no code for a Jetson's GPU.", alternatives: [jetsonFix] };
  if (!isVersion(machine.driver?.version) || !gpus.every(({ computeCapability }) => isVersion(computeCapability)))
    return {
      why: "The driver's version or what the GPUs are could not be read, so no build for them can be chosen.",
      alternatives: ["Name an index yourself, such as https://download.pytorch.org/whl/cu126."],
    };
  const builds = wheelTargets.filter((targets) => gpus.some((gpu) => reach(targets, gpu) === "code"));
  const oldest = builds.flatMap(({ tag }) => cudaOfTag(tag) ?? []).sort(compareVersions)[0];
  const names = listed(gpus, gpuText);
  if (oldest === undefined)
    return { why: `No wheel in the tables has code for ${names}.`, alternatives: ["Build PyTorch from source."] };
  const driver = driverAdvice(oldest, machine);
  return {
    why: `No wheel goes with both driver ${machine.driver?.version} and ${names}.`,
    alternatives: driver ? [driver] : [],
  };
}

function adviseOthers(machine: Machine): Advice {
  const names = listed(amdGpus(machine), gpuText);
  if (names === "") return { why: "A GPU driver answers, but it shows no GPU.", alternatives: [] };
  return { why: `No wheel in the tables has code for ${names}.`, alternatives: ["AMD's own wheels may have it."] };
}
