import type { Environment, Package, Toolkit, Verdict } from "../../../shared/environments";
import { judgeFlashAttention, judgeXformers } from "./attention";
import { normalised } from "./build";
import { checkCompiler } from "./compiler";
import { checkDriver, checkNvidia, driverAdvice } from "./cuda";
import { isCupy, judgeCupy } from "./cupy";
import { type Machine, unknown, verdict } from "./finding";
import { judgeJax } from "./jax";
import { checkAmd } from "./rocm";
import { judgeTensorflow } from "./tensorflow";
import { judgeTorch } from "./torch";
import { isVersion } from "./versions";

type Judge = (pkg: Package, environment: Environment, machine: Machine) => Verdict;

const judges: Readonly<Record<string, Judge>> = {
  torch: judgeTorch,
  jax: judgeJax,
  tensorflow: judgeTensorflow,
  "tensorflow-cpu": judgeTensorflow,
  "tensorflow-gpu": judgeTensorflow,
  "tensorflow-rocm": judgeTensorflow,
  xformers: judgeXformers,
  "flash-attn": judgeFlashAttention,
};

/** Whether each framework of an environment can use the machine's GPUs, from the tables. No I/O; never throws on odd versions. */
export function judge(machine: Machine, environment: Environment): readonly Verdict[] {
  return environment.packages.flatMap((pkg) => {
    const name = normalised(pkg.name);
    const judgeIt = isCupy(name) ? judgeCupy : Object.hasOwn(judges, name) ? judges[name] : undefined;
    if (!judgeIt) return [];
    if (!isVersion(pkg.version))
      return [verdict(`${pkg.name} ${pkg.version}`, [unknown("Its version could not be read.")])];
    return [judgeIt(pkg, environment, machine)];
  });
}

/** Whether a toolkit goes with the machine's driver, and its compiler with the GPUs. */
export function judgeToolkit(machine: Machine, toolkit: Toolkit): Verdict {
  if (toolkit.kind === "rocm") {
    const tables = unknown("Which drivers and GPUs this ROCm supports is not in the tables.");
    return verdict(`ROCm ${toolkit.version}`, [checkAmd(machine) ?? tables]);
  }
  const subject = `CUDA ${toolkit.version}`;
  if (!isVersion(toolkit.version)) return verdict(subject, [unknown("Its version could not be read.")]);
  const missing = checkNvidia(machine);
  if (missing?.grade === "limited")
    return verdict(subject, [
      { grade: "limited", why: "There is no GPU here: it compiles, and what it makes runs elsewhere.", rows: [] },
    ]);
  if (missing) return verdict(subject, [missing]);
  const compiler = toolkit.nvcc === undefined ? [] : [checkCompiler(toolkit.version, machine)];
  const driver = checkDriver(toolkit.version, machine);
  const judged = verdict(subject, [driver, ...compiler]);
  const advice = driver.grade === "fails" ? driverAdvice(toolkit.version, machine) : undefined;
  return advice && judged.fix === undefined ? { ...judged, fix: advice } : judged;
}
