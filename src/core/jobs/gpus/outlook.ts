import type { Gpu } from "../../../shared/gpu";

/** Whether a job would get its GPUs now, and who has them if not: what the form and the plan say beforehand. */
export interface GpuOutlook {
  /** Those that it would get; fewer than wanted where it would have to wait. */
  readonly chosen: readonly {
    readonly gpu: Gpu /** Milliseconds that it has been free, where known. */;
    readonly freeMs?: number;
  }[];
  readonly wanted: number;
  readonly held: readonly GpuHolder[];
  /** Jobs that wait and would be served first. */
  readonly ahead: number;
  /** One plain sentence: `GPU 1 is free.`, `All 8 GPUs are taken; alice has 5, bob has 3.` */
  readonly sentence: string;
}

export interface GpuHolder {
  readonly gpu: Gpu;
  /** Users, most memory first; empty where nobody is known. */
  readonly users: readonly string[];
  /** Why it counts as taken. */
  readonly why: "computes" | "memory" | "utilization" | "ticket" | "broken" | "unknown";
  /** Since when, for a ticket; ISO 8601 UTC. */
  readonly since?: string;
}
