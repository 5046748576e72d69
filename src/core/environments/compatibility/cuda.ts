import type { GpuArchitecture } from "../../../shared/environments";
import {
  amdGpus,
  type Finding,
  gpuText,
  isIntegrated,
  listed,
  type Machine,
  nvidiaGpus,
  row,
  withoutGpu,
} from "./finding";
import { codeRule, cudaFamilies, forwardCompatibility, integrated, lastBranch, toolkitDrivers } from "./tables";
import type { CudaTargets, ToolkitDriver } from "./tableTypes";
import { atLeast, compareVersions, isVersion, majorMinor, majorOf } from "./versions";

/** How a driver stands to a CUDA version. */
type DriverState = "full" | "minorVersion" | "forward" | "tooOld" | "unknown";

const byMinorVersion = new Map<string, ToolkitDriver[]>();
for (const one of toolkitDrivers) {
  const minor = majorMinor(one.cuda);
  byMinorVersion.set(minor, [...(byMinorVersion.get(minor) ?? []), one]);
}

/** The row for a CUDA version: its own update, else the one before it, else the next newer one of its major version. */
function toolkitDriver(cuda: string): ToolkitDriver | undefined {
  const own = byMinorVersion.get(majorMinor(cuda))?.find((one) => atLeast(cuda, one.cuda));
  return own ?? toolkitDrivers.findLast((one) => majorOf(one.cuda) === majorOf(cuda) && atLeast(one.cuda, cuda));
}

const familyOf = (cuda: string) => cudaFamilies.find(({ major }) => major === majorOf(cuda));

function driverState(cuda: string, { driver }: Machine): DriverState {
  if (driver?.vendor !== "nvidia" || !isVersion(driver.version)) return "unknown";
  const own = toolkitDriver(cuda);
  if (own && atLeast(driver.version, own.driver)) return "full";
  const family = familyOf(cuda);
  if (!family) return "unknown";
  if (family.driver !== undefined && atLeast(driver.version, family.driver)) return "minorVersion";
  return isVersion(driver.cudaVersion) && atLeast(driver.cudaVersion, majorMinor(cuda)) ? "forward" : "tooOld";
}

/** The oldest driver on which anything of a CUDA version runs. */
const leastDriver = (cuda: string): string | undefined => familyOf(cuda)?.driver ?? toolkitDriver(cuda)?.driver;

function driverRow(cuda: string) {
  const family = familyOf(cuda);
  const own = toolkitDriver(cuda);
  if (family?.driver) return row(`CUDA ${family.major}.x needs driver ${family.driver} or newer`, family);
  return own ? row(`CUDA ${own.cuda} needs driver ${own.driver} or newer`, own) : undefined;
}

const rowsOf = <T>(...rows: (T | undefined)[]): T[] => rows.filter((one): one is T => one !== undefined);

/** What an administrator would do to a driver that is too old; nothing helps where a GPU is too old for the newer one. */
export function driverAdvice(cuda: string, machine: Machine): string | undefined {
  const driver = leastDriver(cuda);
  if (driver === undefined || driverState(cuda, machine) !== "tooOld") return undefined;
  const old = nvidiaGpus(machine).some(
    ({ computeCapability: has }) => isVersion(has) && !atLeast(has, lastBranch.belowComputeCapability),
  );
  if (old && majorOf(driver) > majorOf(lastBranch.branch)) return undefined;
  const package_ = forwardPackage(cuda, machine);
  return `An administrator installs driver ${driver} or newer${
    old ? ` of branch ${lastBranch.branch}, the last one for these GPUs` : ""
  }${package_ ? `, or the forward-compatibility package ${package_}` : ""}.`;
}

/** The package that brings a newer CUDA to an older driver, where its GPUs are of the kind that it is for. */
function forwardPackage(cuda: string, machine: Machine): string | undefined {
  const gpus = nvidiaGpus(machine);
  const all = gpus.length > 0 && gpus.every(({ name }) => forwardCompatibility.gpuNames.test(name ?? ""));
  return all && machine.driver ? `cuda-compat-${majorMinor(cuda).replace(".", "-")}` : undefined;
}

/** Whether there is an NVIDIA GPU with a driver at all; nothing where there is, and the rest is to be judged. */
export function checkNvidia(machine: Machine): Finding | undefined {
  const { driver } = machine;
  if (nvidiaGpus(machine).length > 0) {
    if (driver) return undefined;
    const why = "No NVIDIA driver answers on this machine.";
    return { grade: "fails", why, rows: [], fix: "An administrator installs the NVIDIA driver, or loads it." };
  }
  if (amdGpus(machine).length > 0)
    return { grade: "fails", why: "It is built for NVIDIA GPUs, and this machine has AMD ones.", rows: [] };
  return withoutGpu(machine);
}

/** Whether the driver carries a CUDA version, such as `12.6` or `12.4.1`. */
export function checkDriver(cuda: string, machine: Machine): Finding {
  const version = machine.driver?.version ?? "";
  const own = toolkitDriver(cuda);
  const ownRow = own && row(`CUDA ${own.cuda} needs driver ${own.driver} for all of it`, own);
  if (nvidiaGpus(machine).every(isIntegrated)) {
    const why = "The driver of a Jetson comes with its JetPack, which the tables of drivers leave out.";
    return { grade: "unknown", why, rows: [row("Code for other GPUs does not run on integrated ones", integrated)] };
  }
  switch (driverState(cuda, machine)) {
    case "full":
      return { grade: "works", why: `Driver ${version} has all of CUDA ${cuda}.`, rows: rowsOf(ownRow) };
    case "minorVersion":
      return {
        grade: "limited",
        why: `Driver ${version} is older than CUDA ${cuda}: it runs by minor-version compatibility, without what is new in CUDA ${majorMinor(cuda)} and without code that is still PTX.`,
        rows: rowsOf(driverRow(cuda), ownRow),
      };
    case "forward":
      return {
        grade: "limited",
        why: `Driver ${version} is too old for CUDA ${cuda}, but its libcuda speaks CUDA ${machine.driver?.cudaVersion}: it runs as long as that forward-compatibility package is loaded.`,
        rows: rowsOf(row("cuda-compat packages bring a newer CUDA to an older driver", forwardCompatibility)),
      };
    case "tooOld":
      return {
        grade: "fails",
        why: `CUDA ${cuda} needs driver ${leastDriver(cuda)} or newer, and this is ${version}.`,
        rows: rowsOf(driverRow(cuda)),
      };
    case "unknown":
      return {
        grade: "unknown",
        why:
          machine.driver?.vendor === "nvidia" && isVersion(version)
            ? `The tables have no row for CUDA ${cuda}.`
            : `The driver's version could not be read, so whether it carries CUDA ${cuda} is not known.`,
        rows: rowsOf(driverRow(cuda)),
      };
  }
}

/** How a build's code reaches one GPU. */
export type Reach = "code" | "ptx" | "none" | "unknown";

export function reach(targets: Pick<CudaTargets, "code" | "ptx">, gpu: GpuArchitecture): Reach {
  const has = gpu.computeCapability;
  if (!isVersion(has)) return "unknown";
  if (isIntegrated(gpu)) return targets.code.includes(has) ? "code" : "none";
  if (targets.code.some((one) => majorOf(one) === majorOf(has) && atLeast(has, one))) return "code";
  return targets.ptx !== undefined && compareVersions(has, targets.ptx) > 0 ? "ptx" : "none";
}

/** Whether a build of a CUDA version has code for every NVIDIA GPU of the machine. `what` has it: `The wheel`. */
export function checkCode(what: string, cuda: string, targets: CudaTargets, machine: Machine): Finding {
  const gpus = nvidiaGpus(machine);
  const full = driverState(cuda, machine) === "full";
  const reached = gpus.map((gpu) => {
    const how = reach(targets, gpu);
    // A driver compiles only the PTX of toolkits that it knows.
    if (how === "ptx" && !full) return { gpu, how: "none" as const };
    return { gpu, how: how === "none" && targets.unverified ? ("unknown" as const) : how };
  });
  const named = (wanted: Reach) => reached.filter(({ how }) => how === wanted).map(({ gpu }) => gpu);
  const rows = [
    row(`It has code for ${targets.code.join(", ")}${targets.ptx ? ` and PTX for ${targets.ptx}` : ""}`, targets),
    row("Machine code runs on its own generation, PTX on later ones", codeRule),
  ];
  const [none, unknown, ptx] = [named("none"), named("unknown"), named("ptx")];
  if (none.length > 0) {
    const rest = none.length < gpus.length ? " The other GPUs can be used." : "";
    const grade = none.length < gpus.length ? "limited" : "fails";
    return { grade, why: `${what} has no code for ${listed(none, gpuText)}.${rest}`, rows };
  }
  if (unknown.length > 0)
    return {
      grade: "unknown",
      why: `Whether ${lowerFirst(what)} has code for ${listed(unknown, gpuText)} is not known.`,
      rows,
    };
  if (ptx.length > 0) {
    const why = `${what} has only PTX for ${listed(ptx, gpuText)}: the driver compiles it at the first start, which takes long.`;
    return { grade: "limited", why, rows };
  }
  return { grade: "works", why: `${what} has code for ${gpus.length > 1 ? "every GPU" : "the GPU"}.`, rows };
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
