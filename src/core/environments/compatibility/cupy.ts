import type { Environment, Package, Verdict } from "../../../shared/environments";
import { buildOf, normalised } from "./build";
import { checkCompiler, checkLeast } from "./compiler";
import { checkDriver, checkNvidia, driverAdvice } from "./cuda";
import { type Finding, type Machine, needsGpu, unknown, verdict } from "./finding";
import { checkLibraries, toolkitsFor } from "./libraries";
import { checkOtherRocm } from "./rocm";
import { cupy } from "./tables";
import { majorOf } from "./versions";

/** `cupy-cuda12x`, `cupy-cuda117`, `cupy-rocm-5-0`; `cupy` alone where conda or its owner built it. */
export const isCupy = (name: string): boolean => /^cupy(-cuda\d{2,3}x?|-rocm-\d+-\d+)?$/.test(name);

/** 12.0 of `cupy-cuda12x`, 11.7 of `cupy-cuda117`. */
function cudaOf(pkg: Package): string | undefined {
  const match = /^cupy-cuda(\d{2})(\d|x)$/.exec(normalised(pkg.name));
  if (match) return `${match[1]}.${match[2] === "x" ? "0" : match[2]}`;
  const build = buildOf(pkg);
  return build?.kind === "cuda" ? build.version : undefined;
}

export function judgeCupy(pkg: Package, environment: Environment, machine: Machine): Verdict {
  const cuda = cudaOf(pkg);
  const judged = verdict(`${pkg.name} ${pkg.version}`, checkBuild(pkg, cuda, environment, machine));
  if (judged.grade !== "fails" || !cuda || checkNvidia(machine)) return judged;
  const other = carries(cuda, machine) ? undefined : ["13.0", "12.0"].find((one) => carries(one, machine));
  if (other) return { ...judged, fix: `Install cupy-cuda${majorOf(other)}x in its place.` };
  if (judged.fix !== undefined) return judged;
  const driver = driverAdvice(cuda, machine);
  return driver ? { ...judged, fix: driver } : judged;
}

/** Whether driver and GPUs go with some toolkit of the same major version. */
const carries = (cuda: string, machine: Machine): boolean =>
  [checkDriver(cuda, machine), checkCompiler(newestOf(cuda), machine)].every(({ grade }) => grade !== "fails");

/** Newer than any toolkit of the same major version. */
const newestOf = (cuda: string): string => `${majorOf(cuda)}.99`;

function checkBuild(
  pkg: Package,
  cuda: string | undefined,
  environment: Environment,
  machine: Machine,
): readonly Finding[] {
  if (normalised(pkg.name).startsWith("cupy-rocm") || buildOf(pkg)?.kind === "rocm")
    return [checkOtherRocm("CuPy", machine)];
  const missing = checkNvidia(machine);
  if (missing) return [needsGpu("CuPy", missing)];
  if (!cuda) return [unknown("Its name and metadata do not say which CUDA it was built for.")];
  const toolkit = toolkitsFor(cuda, environment, machine)[0];
  return [
    checkDriver(cuda, machine),
    checkLeast("CuPy", cupy.computeCapability, cupy, machine),
    checkCompiler(toolkit?.version ?? newestOf(cuda), machine),
    ...checkLibraries(cuda, environment, machine, `Install ${pkg.name}[ctk] to have them from pip.`),
  ];
}
