import type { Overlay } from "../environments/overlay";

/** Everything that a host needs to run a job. Made by `launch/`, carried out by a back end. */
export interface JobRequest {
  /** Made by the client: submitting the same one twice runs it once. Letters, digits and dashes. */
  readonly id: string;
  /** For people, one line, 200 characters at most: `train.py`. */
  readonly name: string;
  /** Id of a back end. */
  readonly backend: string;
  /** The program and its arguments. */
  readonly argv: readonly [string, ...string[]];
  /** For people, where the program and its arguments are not what one would type. */
  readonly command?: string;
  /** Working folder: absolute or `~/…`; with a snapshot relative to it, `.` for its top. */
  readonly folder: string;
  readonly overlay: Overlay;
  /** Name of the environment behind the overlay, for people. */
  readonly environment?: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Variables that are held in memory alone: never in a file, an argument, a log or a listing. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly gpus: GpuWish;
  readonly timeLimitSeconds?: number;
  /** Code that this job alone gets: made on the host before the job is queued. */
  readonly snapshot?: SnapshotRequest;
  /** Name of the hook's folder on the host: the job's Pythons record with it how they fail. Absent: they do not. */
  readonly hook?: string;
  /** Only for the scheduler's back ends. */
  readonly scheduler?: SchedulerWish;
  /** What the client wants back to start it again with the same settings; JSON of at most 16 KiB, without secrets. */
  readonly settings?: string;
}

/** Which GPUs a job gets. `given`: whatever the scheduler or the caller's own variables say. */
export type GpuWish =
  | { readonly kind: "none" }
  | { readonly kind: "given" }
  | {
      readonly kind: "any";
      readonly count: number;
      /** Each needs so much free memory. */
      readonly memoryBytes?: number;
      /** Waits for its turn where not enough are free; without it the job ends with reason `gpusUnavailable`. */
      readonly queue: boolean;
    }
  /** Indices, UUIDs or MIG UUIDs as the vendor's tool prints them. `queue`: waits until they are free; else it starts at once. */
  | { readonly kind: "these"; readonly ids: readonly string[]; readonly queue: boolean };

/** A copy of a folder of the host, as it is now. */
export interface SnapshotRequest {
  /** Absolute path of the work tree on the host, as the sync left it. */
  readonly from: string;
  /** Paths below it, separated by `/`, that are not copied but linked to the work tree: `data`, `runs`. */
  readonly linked: readonly string[];
}

export interface SchedulerWish {
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  readonly cpus?: number;
  readonly memoryBytes?: number;
  /** GRES type of the GPUs: `a100`. */
  readonly gpuType?: string;
  /** Further words for the scheduler's command, each one argument: `--constraint=ib`. */
  readonly extra?: readonly string[];
}
