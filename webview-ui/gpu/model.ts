import type { Gpu, GpuProcess, GpuVendor, HostReport, MigInstance, Warning } from "../../src/shared/gpu";
import { computes, isBroken, processesOf, showsUse, warningsOf } from "../../src/shared/gpuUse";

/** How a GPU stands, in the order in which one word beats another. */
export type Occupancy = "sick" | "asleep" | "busy" | "hidden" | "free" | "unknown";

export interface User {
  readonly name: string;
  readonly mine: boolean;
}

export interface Slice extends MigInstance {
  readonly users: readonly User[];
}

/** Everything one GPU's row shows. */
export interface Card {
  /** What a GPU is known by on this page: two vendors' GPUs of one host may have the same index. */
  readonly id: string;
  readonly index: number;
  /** Absent: the host warns about this GPU but no longer lists it. */
  readonly gpu?: Gpu;
  /** As last heard, so that a GPU that is gone keeps its name. */
  readonly name?: string;
  readonly occupancy: Occupancy;
  readonly users: readonly User[];
  readonly slices: readonly Slice[];
  readonly warnings: readonly Warning[];
  /** The warning that `occupancy` comes from. */
  readonly cause?: Warning;
}

const VENDORS: readonly GpuVendor[] = ["nvidia", "amd", "intel", "jetson"];

/** Vendor and index: several GPUs may report the same uuid. */
export function idOf(gpu: Pick<Gpu, "vendor" | "index">): string {
  return `${gpu.vendor} ${gpu.index}`;
}

/** Rows of a report in fixed order, with the GPUs that only a warning mentions; `seen` are those of earlier reports. */
export function cardsOf(report: HostReport, me: string | undefined, seen: Iterable<Gpu> = []): Card[] {
  const { gpus, warnings } = report;
  const unlisted = new Set(warnings.flatMap(({ gpuIndex }) => gpuIndex ?? []));
  for (const { index } of gpus) unlisted.delete(index);
  const gone = [...unlisted].map((index): Card => {
    const before = [...seen].find((gpu) => gpu.index === index);
    const own = warnings.filter((warning) => warning.gpuIndex === index);
    const id = before ? idOf(before) : `gone ${index}`;
    return { id, index, name: before?.name, users: [], slices: [], warnings: own, ...standing(undefined, [], own) };
  });
  const cards = [...gpus.map((gpu) => cardOf(gpu, report, me)), ...gone];
  return cards.sort((a, b) => vendorRank(a) - vendorRank(b) || a.index - b.index);
}

function vendorRank({ id }: Card): number {
  const rank = VENDORS.findIndex((vendor) => id.startsWith(vendor));
  return rank < 0 ? VENDORS.length : rank;
}

function cardOf(gpu: Gpu, report: HostReport, me: string | undefined): Card {
  const processes = processesOf(report, gpu);
  const warnings = warningsOf(report, gpu);
  return {
    id: idOf(gpu),
    index: gpu.index,
    gpu,
    name: gpu.name,
    ...standing(gpu, processes, warnings),
    users: usersOf(processes.filter(computes), me),
    slices: (gpu.mig?.instances ?? []).map((instance) => {
      const inside = processes.filter((process) => process.migId === instance.id);
      return { ...instance, users: usersOf(inside, me) };
    }),
    warnings,
  };
}

function standing(
  gpu: Gpu | undefined,
  processes: readonly GpuProcess[],
  warnings: readonly Warning[],
): Pick<Card, "occupancy" | "cause"> {
  const sick = warnings.find((warning) => isBroken(warning.reason)) ?? (gpu ? undefined : warnings[0]);
  if (sick) return { occupancy: "sick", cause: sick };
  const asleep = warnings.find((warning) => warning.reason === "gpuAsleep");
  if (asleep) return { occupancy: "asleep", cause: asleep };
  if (processes.some(computes)) return { occupancy: "busy" };
  // Work or memory without a process is somebody in a container or another PID namespace.
  if (gpu && showsUse(gpu)) return { occupancy: "hidden" };
  return { occupancy: gpu?.memoryUsedBytes === undefined ? "unknown" : "free" };
}

/** Each user once, the reader first. */
function usersOf(processes: readonly GpuProcess[], me: string | undefined): User[] {
  const names = new Set(processes.flatMap((process) => process.user ?? []));
  const users = [...names].map((name) => ({ name, mine: name === me }));
  return users.sort((a, b) => Number(b.mine) - Number(a.mine) || (a.name < b.name ? -1 : 1));
}

/** Why a value of this GPU is not known, for the hover text. */
export function whyUnknown(card: Card, value: "utilization" | "other" = "other"): string {
  if (card.occupancy === "sick") return "not available: the GPU does not answer";
  if (card.occupancy === "asleep") return "not available while the GPU sleeps: reading it would wake it";
  if (value === "utilization" && card.gpu?.mig?.enabled) return "not available while MIG is on";
  return "not reported by this GPU or its driver";
}
