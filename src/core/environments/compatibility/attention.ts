import type { Environment, Package, Verdict } from "../../../shared/environments";
import { buildOf, builtFor, findPackage, labelOf } from "./build";
import { checkLeast } from "./compiler";
import { checkNvidia } from "./cuda";
import {
  type Finding,
  gpuText,
  isIntegrated,
  listed,
  type Machine,
  needsGpu,
  nvidiaGpus,
  row,
  unknown,
  verdict,
} from "./finding";
import { checkOtherRocm } from "./rocm";
import { flashAttention2, xformersDropsVolta, xformersReleases } from "./tables";
import { judgeTorch } from "./torch";
import { atLeast, isVersion, majorMinor, majorOf } from "./versions";

/** These are compiled against one PyTorch: first that one has to be there and use NVIDIA GPUs. */
function checkTorch(pkg: Package, environment: Environment, machine: Machine): Finding | Package {
  const torch = findPackage(environment, "torch");
  if (!torch) return { grade: "fails", why: "It needs torch, which this environment does not have.", rows: [] };
  const { grade, why, rows, fix } = judgeTorch(torch, environment, machine);
  const kind = buildOf(torch)?.kind;
  if (grade === "fails" || kind === "cpu")
    return { grade: "fails", why: `The torch beside it cannot use the GPUs: ${why}`, rows, ...(fix ? { fix } : {}) };
  if (kind === "rocm") return checkOtherRocm(pkg.name, machine);
  const missing = checkNvidia(machine);
  return missing ? needsGpu(pkg.name, missing) : torch;
}

export function judgeXformers(pkg: Package, environment: Environment, machine: Machine): Verdict {
  const subject = `${pkg.name} ${pkg.version}`;
  const torch = checkTorch(pkg, environment, machine);
  if ("grade" in torch) return verdict(subject, [torch]);
  const own = pkg.version.replace(/\+.*$/, "");
  const release = xformersReleases.find((one) => one.version === own);
  const gpus = atLeast(own, xformersDropsVolta.since)
    ? [
        checkLeast(
          `xformers from ${xformersDropsVolta.since} on`,
          xformersDropsVolta.computeCapability,
          xformersDropsVolta,
          machine,
        ),
      ]
    : [];
  if (!release) return verdict(subject, [...gpus, unknown("The tables do not have this release.")]);
  return verdict(subject, [checkPair(release, torch), ...gpus]);
}

function checkPair(release: (typeof xformersReleases)[number], torch: Package): Finding {
  const rows = [row(`The wheels of xformers ${release.version} are for torch ${release.torch}`, release)];
  const installed = torch.version.replace(/\+.*$/, "");
  if (installed === release.torch) return { grade: "works", why: `It was built for torch ${release.torch}.`, rows };
  if (majorMinor(installed) === majorMinor(release.torch))
    return { grade: "unknown", why: `It was built for torch ${release.torch}; nothing tells of ${installed}.`, rows };
  const suitable = xformersReleases.find((one) => one.torch === installed);
  return {
    grade: "fails",
    why: `It was built for torch ${release.torch}, and torch ${installed} is installed.`,
    rows,
    fix: suitable
      ? `Install xformers ${suitable.version}.`
      : `Install torch ${release.torch}, or an xformers built for ${installed}.`,
  };
}

export function judgeFlashAttention(pkg: Package, environment: Environment, machine: Machine): Verdict {
  const subject = `${pkg.name} ${pkg.version}`;
  const torch = checkTorch(pkg, environment, machine);
  if ("grade" in torch) return verdict(subject, [torch]);
  if (majorOf(pkg.version) !== 2) return verdict(subject, [unknown("The tables are about FlashAttention 2 only.")]);
  return verdict(subject, [checkLabel(pkg, torch), checkGeneration(machine)]);
}

/** The label of its wheels names what it was compiled for: `cu12torch2.8cxx11abiTRUE`. */
function checkLabel(pkg: Package, torch: Package): Finding {
  const built = /torch(\d+\.\d+)/.exec(labelOf(pkg.version) ?? "")?.[1];
  const cuda = /^cu(\d{2})/.exec(labelOf(pkg.version) ?? "")?.[1];
  const installed = majorMinor(torch.version);
  const rows = [row("Its wheels are compiled for one torch and one CUDA each", flashAttention2)];
  if (built !== undefined && built !== installed) {
    const why = `It was built for torch ${built}, and torch ${installed} is installed.`;
    return { grade: "fails", why, rows, fix: `Install the flash-attn wheel for torch ${installed}.` };
  }
  const own = builtFor(buildOf(torch));
  if (cuda !== undefined && isVersion(own) && majorOf(own) !== Number(cuda)) {
    const why = `It was built for CUDA ${cuda}, and torch was built for CUDA ${own}.`;
    return { grade: "fails", why, rows, fix: `Install the flash-attn wheel for CUDA ${majorOf(own)}.` };
  }
  return { grade: "works", why: "It goes with the torch beside it.", rows };
}

function checkGeneration(machine: Machine): Finding {
  const checked = checkLeast("FlashAttention 2", flashAttention2.least, flashAttention2, machine);
  if (checked.grade === "fails")
    return { ...checked, fix: "Use PyTorch's own scaled_dot_product_attention on this GPU." };
  const unnamed = nvidiaGpus(machine).filter(
    (gpu) =>
      isIntegrated(gpu) ||
      (isVersion(gpu.computeCapability) && majorOf(gpu.computeCapability) > Math.max(...flashAttention2.named)),
  );
  if (checked.grade !== "works" || unnamed.length === 0) return checked;
  const why = `Its page names Ampere, Ada and Hopper GPUs; whether it has code for ${listed(unnamed, gpuText)} is not known.`;
  return { grade: "unknown", why, rows: checked.rows };
}
