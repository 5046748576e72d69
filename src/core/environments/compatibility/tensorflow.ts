import type { Environment, Package, Verdict } from "../../../shared/environments";
import { buildOf, normalised, subjectOf } from "./build";
import { checkCode, checkDriver, checkNvidia, driverAdvice } from "./cuda";
import {
  checkCpuBuild,
  type Finding,
  gpuText,
  listed,
  type Machine,
  nvidiaGpus,
  row,
  unknown,
  verdict,
} from "./finding";
import { checkLibraries } from "./libraries";
import { checkOtherRocm } from "./rocm";
import { tensorflowReleases, tensorflowTargets, tensorflowWithoutBlackwell } from "./tables";
import { atLeast, compareVersions, isVersion, majorMinor, majorOf } from "./versions";
import { fits } from "./wheels";

export function judgeTensorflow(pkg: Package, environment: Environment, machine: Machine): Verdict {
  const judged = verdict(subjectOf(pkg), checkBuild(pkg, environment, machine));
  const cuda = cudaOf(pkg);
  if (judged.grade !== "fails" || judged.fix !== undefined || !cuda) return judged;
  const driver = checkDriver(cuda, machine).grade === "fails" ? driverAdvice(cuda, machine) : undefined;
  return driver ? { ...judged, fix: driver } : judged;
}

const releaseOf = ({ version }: Package) => tensorflowReleases.find((one) => one.version === majorMinor(version));

function cudaOf(pkg: Package): string | undefined {
  const build = buildOf(pkg);
  if (build) return build.kind === "cuda" ? (build.version ?? releaseOf(pkg)?.cuda) : undefined;
  return normalised(pkg.name) === "tensorflow-cpu" ? undefined : releaseOf(pkg)?.cuda;
}

function checkBuild(pkg: Package, environment: Environment, machine: Machine): readonly Finding[] {
  const build = buildOf(pkg);
  if (build?.kind === "cpu" || normalised(pkg.name) === "tensorflow-cpu")
    return [
      checkCpuBuild(machine, nvidiaGpus(machine).length > 0 ? "Install tensorflow[and-cuda] in its place." : undefined),
    ];
  if (build?.kind === "rocm") return [checkOtherRocm("TensorFlow", machine)];
  const missing = checkNvidia(machine);
  if (missing) return [missing];
  const cuda = cudaOf(pkg);
  if (!isVersion(cuda)) return [unknown("The table of tested builds does not have this release.")];
  const targets = tensorflowTargets.find(({ since }) => atLeast(pkg.version, since));
  return [
    checkDriver(cuda, machine),
    ...blackwell(pkg, machine),
    ...(targets ? [checkCode("The wheel", cuda, targets, machine)] : []),
    ...checkLibraries(cuda, environment, machine, "Install tensorflow[and-cuda] to have them from pip."),
    ...tested(pkg, environment),
  ];
}

function blackwell(pkg: Package, machine: Machine): readonly Finding[] {
  const { upTo, generation } = tensorflowWithoutBlackwell;
  if (compareVersions(majorMinor(pkg.version), upTo) > 0) return [];
  const gpus = nvidiaGpus(machine);
  const affected = gpus.filter(({ computeCapability: has }) => isVersion(has) && majorOf(has) >= generation);
  if (affected.length === 0) return [];
  return [
    {
      grade: affected.length < gpus.length ? "limited" : "fails",
      why: `TensorFlow's own wheels up to ${upTo} are reported to fail on ${listed(affected, gpuText)}.`,
      rows: [row("TensorFlow on Blackwell: open report", tensorflowWithoutBlackwell)],
      fix: "Use NVIDIA's container of TensorFlow, or a build for this GPU.",
    },
  ];
}

function tested(pkg: Package, { pythonVersion }: Environment): readonly Finding[] {
  const release = releaseOf(pkg);
  if (!release || !isVersion(pythonVersion) || fits(pythonVersion, release.python) === "yes") return [];
  const { from, to } = release.python;
  const why = `TensorFlow ${release.version} was tested with Python ${from} to ${to}, and this is ${majorMinor(pythonVersion)}.`;
  return [
    {
      grade: "unknown",
      why,
      rows: [row(`TensorFlow ${release.version} is tested with Python ${from}–${to}`, release)],
    },
  ];
}
