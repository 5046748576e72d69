import type { Environment, GpuBuild, Package, Verdict } from "../../../shared/environments";
import { buildOf, builtFor, findPackage, normalised, subjectOf } from "./build";
import { checkLeast } from "./compiler";
import { checkNvidia } from "./cuda";
import {
  checkCpuBuild,
  type Finding,
  gpuText,
  isIntegrated,
  listed,
  type Machine,
  nvidiaGpus,
  row,
  unknown,
  verdict,
} from "./finding";
import { checkOtherRocm } from "./rocm";
import { jaxBuilds, jaxNewGpus } from "./tables";
import type { JaxBuild } from "./tableTypes";
import { atLeast, isVersion, majorOf } from "./versions";

/** jax itself is plain Python: a plug-in beside it, or its jaxlib, is what was built for something. */
export function judgeJax(pkg: Package, environment: Environment, machine: Machine): Verdict {
  const build = buildOf(pkg) ?? pluginBuild(environment) ?? libraryBuild(environment);
  const subject = subjectOf(build ? { ...pkg, build } : pkg);
  const judged = verdict(subject, checkBuild(pkg, build, machine));
  if (judged.grade === "works" || judged.grade === "unknown") return judged;
  const other = jaxBuilds.find((one) => checkFor(pkg, one, machine).every(({ grade }) => grade === "works"));
  const own = builtFor(build);
  const helps = other && checkNvidia(machine) === undefined && !(own && majorOf(own) === other.cudaMajor);
  return helps ? { ...judged, fix: `Install jax[cuda${other.cudaMajor}] in this environment.` } : judged;
}

function pluginBuild({ packages }: Environment): GpuBuild | undefined {
  for (const { name } of packages) {
    const match = /^jax-(cuda|rocm)(\d+)-(plugin|pjrt)$/.exec(normalised(name));
    if (match?.[1] === "cuda" || match?.[1] === "rocm")
      return { kind: match[1], ...(match[2] ? { version: match[2] } : {}) };
  }
  return undefined;
}

function libraryBuild(environment: Environment): GpuBuild | undefined {
  const library = findPackage(environment, "jaxlib");
  return library && buildOf(library);
}

function checkBuild(pkg: Package, build: GpuBuild | undefined, machine: Machine): readonly Finding[] {
  if (!build) return [unknown("Whether it has a part for GPUs could not be read.")];
  if (build.kind === "cpu") return [checkCpuBuild(machine)];
  if (build.kind === "rocm") return [checkOtherRocm("jax", machine)];
  const missing = checkNvidia(machine);
  if (missing) return [missing];
  const { version } = build;
  const known = version === undefined ? undefined : jaxBuilds.find(({ cudaMajor }) => cudaMajor === majorOf(version));
  if (known) return checkFor(pkg, known, machine);
  return [
    {
      grade: "unknown",
      why: `The tables have no row for jax with CUDA ${version ?? "of an unknown version"}.`,
      rows: [],
    },
  ];
}

function checkFor(pkg: Package, build: JaxBuild, machine: Machine): readonly Finding[] {
  return [checkDriver(build, machine), checkGpus(pkg, build, machine)];
}

function checkDriver({ cudaMajor, driver, page }: JaxBuild, machine: Machine): Finding {
  const rows = [row(`jax with CUDA ${cudaMajor} needs driver ${driver} or newer`, { page })];
  const has = machine.driver?.version;
  if (!isVersion(has)) return { grade: "unknown", why: "The driver's version could not be read.", rows };
  if (atLeast(has, driver)) return { grade: "works", why: `Driver ${has} carries CUDA ${cudaMajor}.`, rows };
  const why = `jax with CUDA ${cudaMajor} needs driver ${driver} or newer, and this is ${has}.`;
  return { grade: "fails", why, rows, fix: `An administrator installs driver ${driver} or newer.` };
}

function checkGpus(pkg: Package, build: JaxBuild, machine: Machine): Finding {
  const checked = checkLeast(`jax with CUDA ${build.cudaMajor}`, build.computeCapability, build, machine);
  const doubtful = nvidiaGpus(machine).filter(
    (gpu) =>
      isIntegrated(gpu) ||
      (majorOf(gpu.computeCapability ?? "0") >= jaxNewGpus.generation && !atLeast(pkg.version, jaxNewGpus.since)),
  );
  if (checked.grade !== "works" || doubtful.length === 0) return checked;
  const why = `jax's page does not say whether this release supports ${listed(doubtful, gpuText)}.`;
  return { grade: "unknown", why, rows: checked.rows };
}
