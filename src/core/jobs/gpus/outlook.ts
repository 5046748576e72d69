import type { Gpu, GpuReport, MigInstance } from "../../../shared/gpu";
import { computes, isBroken, ownersOf, processesOf, showsUse, warningsOf } from "../../../shared/gpuUse";
import type { GpuWish } from "../request";
import { outlookSentence } from "./sentence";
import { holderOf, type Ticket } from "./tickets";

/** Whether a job would get its GPUs now, and who has them if not: what the form and the plan say beforehand. */
export interface GpuOutlook {
  /** Those that it would get; fewer than wanted where it would have to wait. */
  readonly chosen: readonly GpuChoice[];
  readonly wanted: number;
  /** Those that could be its own and that somebody else has, or that cannot be used now. */
  readonly held: readonly GpuHolder[];
  /** Jobs that wait and would be served first. */
  readonly ahead: number;
  /** This host can never serve it: it has fewer GPUs, or smaller ones, or none of that name. */
  readonly impossible?: true;
  /** One plain sentence: `GPU 1 is free.`, `All 8 GPUs are taken; alice has 5, bob has 3.` */
  readonly sentence: string;
}

export interface GpuChoice {
  readonly gpu: Gpu;
  /** It gets this slice of the GPU. */
  readonly slice?: MigInstance;
  /** Milliseconds that it has been free, where known. */
  readonly freeMs?: number;
}

export interface GpuHolder {
  readonly gpu: Gpu;
  readonly slice?: MigInstance;
  /** Users, most memory first; empty where nobody is known. */
  readonly users: readonly string[];
  /** Why it counts as taken. */
  readonly why: "computes" | "memory" | "utilization" | "ticket" | "broken" | "unknown";
  /** Since when, for a ticket; ISO 8601 UTC. */
  readonly since?: string;
}

/** Something that a job can have: a GPU, or a slice of one. */
interface Place {
  readonly gpu: Gpu;
  readonly slice?: MigInstance;
}

/**
 * What a job with this wish would meet now. The same rules as the program that gives the GPUs (`scripts/choose.sh`), on the
 * client's own reading. `freeMs`: how long a GPU has been free, see `freeMsOf`.
 */
export function outlook(
  report: GpuReport,
  tickets: readonly Ticket[],
  wish: GpuWish,
  freeMs?: (gpu: Gpu) => number | undefined,
): GpuOutlook {
  if (wish.kind === "none" || wish.kind === "given") {
    const sentence = wish.kind === "none" ? "It uses no GPU." : "It uses the GPUs that it is given.";
    return { chosen: [], wanted: 0, held: [], ahead: 0, sentence };
  }
  const { places, wanted, unknown } = wish.kind === "these" ? named(report, wish.ids) : fitting(report, wish);
  const holders = places.map((place) => holder(place, report, tickets));
  const atOnce = wish.kind === "these" && !wish.queue;
  const chosen = places
    .filter((_, at) => atOnce || holders[at] === undefined)
    .slice(0, wanted)
    .map((place) => ({ ...place, ...freeOf(place, freeMs) }));
  const parts = {
    chosen,
    wanted,
    held: holders.filter((found) => found !== undefined),
    ahead: atOnce ? 0 : tickets.filter(({ state }) => state === "waiting").length,
    ...(places.length < wanted ? { impossible: true as const } : {}),
  };
  return { ...parts, sentence: outlookSentence(parts, places.length, atOnce, unknown) };
}

/** True where the job would begin at once. */
export function fitsNow({ chosen, wanted, ahead, impossible }: GpuOutlook): boolean {
  return impossible === undefined && chosen.length >= wanted && (ahead === 0 || wanted === 0);
}

function freeOf({ gpu, slice }: Place, freeMs: ((gpu: Gpu) => number | undefined) | undefined): { freeMs?: number } {
  const since = slice ? undefined : freeMs?.(gpu);
  return since === undefined ? {} : { freeMs: since };
}

/** All that exist under these names, in the order of the names. */
function named(report: GpuReport, ids: readonly string[]) {
  const all = placesOf(report);
  const found = ids.map((id) =>
    all.find(({ gpu, slice }) => (slice ? slice.uuid === id : gpu.uuid === id || String(gpu.index) === id)),
  );
  const places = found.filter((place, at) => place !== undefined && found.indexOf(place) === at);
  const unknown = ids.filter((_, at) => found[at] === undefined);
  return { places: places.filter((place) => place !== undefined), wanted: new Set(ids).size, unknown };
}

/** Whole GPUs first; slices only for one GPU, since a program can use only one. */
function fitting(report: GpuReport, { count, memoryBytes = 0 }: Extract<GpuWish, { kind: "any" }>) {
  const bigEnough = placesOf(report).filter(({ gpu, slice }) => {
    const total = (slice ?? gpu).memoryTotalBytes;
    return total === undefined || total >= memoryBytes;
  });
  const whole = bigEnough.filter(({ slice }) => slice === undefined);
  const places = count === 1 ? [...whole, ...bigEnough.filter(({ slice }) => slice)] : whole;
  return { places: places.map((place) => ({ ...place, memoryBytes })), wanted: count, unknown: [] };
}

/** A GPU that is divided stands for its slices alone. Of two vendors' GPUs the first vendor's are taken, as on the host. */
function placesOf(report: GpuReport): Place[] {
  const vendor = report.gpus.some((gpu) => gpu.vendor === "nvidia") ? "nvidia" : "amd";
  return report.gpus
    .filter((gpu) => gpu.vendor === vendor)
    .flatMap((gpu): Place[] => (gpu.mig?.enabled ? gpu.mig.instances.map((slice) => ({ gpu, slice })) : [{ gpu }]));
}

/** Who or what keeps the job from having it; undefined where it is free. */
function holder(
  place: Place & { readonly memoryBytes?: number },
  report: GpuReport,
  tickets: readonly Ticket[],
): GpuHolder | undefined {
  const { gpu, slice, memoryBytes = 0 } = place;
  const users = slice ? sliceOwners(report, gpu, slice) : ownersOf(report, gpu);
  const held = (why: GpuHolder["why"], more: Partial<GpuHolder> = {}): GpuHolder => ({
    gpu,
    ...(slice ? { slice } : {}),
    users,
    why,
    ...more,
  });
  if (warningsOf(report, gpu).some(({ reason }) => isBroken(reason))) return held("broken");
  const running = processesOf(report, gpu).filter(
    (process) => computes(process) && (!slice || process.migId === slice.id),
  );
  if (running.length > 0) return held("computes");
  const { memoryUsedBytes: used, memoryTotalBytes: total = 0 } = slice ?? gpu;
  const asleep = warningsOf(report, gpu).some(({ reason }) => reason === "gpuAsleep");
  if (used === undefined && !asleep) return held("unknown");
  const numbers = slice ? { ...gpu, ...memoryOf(slice), utilizationPercent: 0 } : gpu;
  if (showsUse(numbers)) return held(showsUse({ ...numbers, utilizationPercent: 0 }) ? "memory" : "utilization");
  const ticket = holderOf(gpu, slice ? slice.uuid : gpu.uuid, tickets);
  if (ticket) return held("ticket", { users: [ticket.user], since: ticket.submittedAt });
  return total - (used ?? 0) < memoryBytes ? held("memory") : undefined;
}

function memoryOf({ memoryUsedBytes, memoryTotalBytes }: MigInstance): Partial<Gpu> {
  return {
    ...(memoryUsedBytes === undefined ? {} : { memoryUsedBytes }),
    ...(memoryTotalBytes === undefined ? {} : { memoryTotalBytes }),
  };
}

function sliceOwners(report: GpuReport, gpu: Gpu, { id }: MigInstance): string[] {
  return ownersOf({ ...report, processes: report.processes.filter(({ migId }) => migId === id) }, gpu);
}
