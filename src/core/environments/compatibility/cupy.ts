import type { Environment, Package, Verdict } from "../../../shared/environments";
import { buildOf, normalised } from "./build";
import { checkCompiler, checkLeast } from "./compiler";
import { checkDriver, checkNvidia, driverAdvice } from "./cuda";
import { type Finding, type Machine, unknown, verdict } from "./finding";
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
  if (judged.grade !== "fails" || judged.fix !== undefined || !cuda || checkNvidia(machine)) return judged;
  const other = ["13", "12"].find((major) => {
    const findings = [checkDriver(`${major}.0`, machine), checkCompiler(`${major}.0`, machine)];
    return majorOf(cuda) !== Number(major) && findings.every(({ grade }) => grade === "works" || grade === "limited");
  });
  if (other) return { ...judged, fix: `Install cupy-cuda${other}x in its place.` };
  const driver = driverAdvice(cuda, machine);
  return driver ? { ...judged, fix: driver } : judged;
}

function checkBuild(
  pkg: Package,
  cuda: string | undefined,
  environment: Environment,
  machine: Machine,
): readonly Finding[] {
  if (normalised(pkg.name).startsWith("cupy-rocm") || buildOf(pkg)?.kind === "rocm")
    return [checkOtherRocm("CuPy", machine)];
  const missing = checkNvidia(machine);
  // Unlike the others it has no way of computing on the CPU.
  if (missing?.grade === "limited")
    return [{ ...missing, grade: "fails", why: "CuPy needs a GPU, and there is none." }];
  if (missing) return [missing];
  if (!cuda) return [unknown("Its name and metadata do not say which CUDA it was built for.")];
  const toolkit = toolkitsFor(cuda, environment, machine)[0];
  return [
    checkDriver(cuda, machine),
    checkLeast("CuPy", cupy.computeCapability, cupy, machine),
    checkCompiler(toolkit?.version ?? `${majorOf(cuda)}.99`, machine),
    ...checkLibraries(cuda, environment, machine, `Install ${pkg.name}[ctk] to have them from pip.`),
  ];
}
