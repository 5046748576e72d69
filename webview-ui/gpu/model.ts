import type { Gpu, GpuProcess, HostReport, MigInstance, Warning } from "../../src/shared/gpu";

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

const SICK = new Set(["gpuLost", "gpuNeedsReset", "gpuUnreadable"]);
const GIB = 1024 ** 3;

/** Rows of a report by GPU index, with those that only a warning mentions. `names` remembers what each was called. */
export function cardsOf(report: HostReport, me: string | undefined, names: ReadonlyMap<number, string>): Card[] {
  const indices = new Set([
    ...report.gpus.map((gpu) => gpu.index),
    ...report.warnings.flatMap((warning) => warning.gpuIndex ?? []),
  ]);
  return [...indices]
    .sort((a, b) => a - b)
    .map((index) => {
      const gpu = report.gpus.find((candidate) => candidate.index === index);
      const processes = report.processes.filter((process) => indexOf(process, report.gpus) === index);
      const warnings = warningsOf(index, gpu, report.warnings);
      return {
        index,
        gpu,
        name: gpu?.name ?? names.get(index),
        ...standing(gpu, processes, warnings),
        users: usersOf(processes.filter(computes), me),
        slices: (gpu?.mig?.instances ?? []).map((instance) => ({
          ...instance,
          users: usersOf(
            processes.filter((process) => process.migId === instance.id),
            me,
          ),
        })),
        warnings,
      };
    });
}

/** The host's warnings about one GPU, and the memory errors that it counts. */
function warningsOf(index: number, gpu: Gpu | undefined, all: readonly Warning[]): Warning[] {
  const warnings = all.filter((warning) => warning.gpuIndex === index);
  const errors = gpu?.eccUncorrected ?? 0;
  if (errors === 0 || warnings.some((warning) => warning.reason === "eccErrors")) return warnings;
  const message = `${errors} uncorrected memory errors since the driver was loaded. Results computed on this GPU may be wrong; a reset helps where the errors do not return.`;
  return [...warnings, { reason: "eccErrors", message, gpuIndex: index }];
}

/** The GPU a process runs on: by index, else by a uuid that only one GPU has. */
export function indexOf(process: GpuProcess, gpus: readonly Gpu[]): number | undefined {
  if (process.gpuIndex !== undefined) return process.gpuIndex;
  if (process.gpuUuid === undefined) return undefined;
  const owners = gpus.filter((gpu) => gpu.uuid === process.gpuUuid);
  return owners.length === 1 ? owners[0]?.index : undefined;
}

/** A desktop's own drawing does not make a GPU taken. */
function computes(process: GpuProcess): boolean {
  return process.type !== "G";
}

function standing(
  gpu: Gpu | undefined,
  processes: readonly GpuProcess[],
  warnings: readonly Warning[],
): Pick<Card, "occupancy" | "cause"> {
  const sick = warnings.find((warning) => SICK.has(warning.reason)) ?? (gpu ? undefined : warnings[0]);
  if (sick) return { occupancy: "sick", cause: sick };
  const asleep = warnings.find((warning) => warning.reason === "gpuAsleep");
  if (asleep) return { occupancy: "asleep", cause: asleep };
  if (processes.some(computes)) return { occupancy: "busy" };
  const { memoryUsedBytes: used, utilizationPercent: utilization, unifiedMemory } = gpu ?? {};
  if (used === undefined && utilization === undefined) return { occupancy: "unknown" };
  // A driver and a desktop hold some memory; more than this, or work going on, is somebody in a container or another PID namespace.
  const held = unifiedMemory ? 0 : (used ?? 0);
  return { occupancy: held > 2 * GIB || (utilization ?? 0) >= 10 ? "hidden" : "free" };
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
