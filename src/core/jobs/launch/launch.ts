import type { JobSettings } from "../../../shared/jobSettings";
import type { Job } from "../../../shared/jobs";
import type { HostRef } from "../../ports";
import type { TransferProgress } from "../../transfer/transfer";
import type { GpuOutlook } from "../gpus/outlook";
import type { JobRequest } from "../request";

/** Where the code of a job is. Paths are absolute; `client` in the client's own syntax. */
export type CodePlace =
  | { readonly kind: "client"; readonly folder: string; readonly file?: string }
  | { readonly kind: "host"; readonly folder: string; readonly file?: string };

/** What would happen, worked out without changing anything on the host. */
export interface LaunchPlan {
  readonly host: HostRef;
  readonly settings: JobSettings;
  readonly place: CodePlace;
  /** Whole but for the values of its secrets. */
  readonly request: JobRequest;
  /** Names of secrets whose values have to be had first. */
  readonly secrets: readonly string[];
  /** What the sync would send; absent where the code is on the host. */
  readonly sync?: { readonly to: string; readonly files: number; readonly bytes: number; readonly deletes: number };
  readonly gpus?: GpuOutlook;
  /** The exact text that the host runs. */
  readonly script: string;
  /** The command line as one would type it. */
  readonly command: string;
  /** One line: `lab1 GPU 1 (free 12 min) · sync 3 files (18 kB) · torch-2.13`. */
  readonly summary: string;
  /** What a person should know before: plain sentences. */
  readonly cautions: readonly string[];
}

export interface LaunchProgress {
  readonly step:
    | "connecting"
    | "looking at GPUs"
    | "comparing files"
    | "sending files"
    | "keeping a snapshot"
    | "submitting";
  readonly transfer?: TransferProgress;
}

export interface LaunchOptions {
  readonly signal: AbortSignal;
  onProgress?(progress: LaunchProgress): void;
  /** Nobody reads the plan before it is run: GPUs are not looked at for its words alone. */
  readonly quick?: boolean;
}

export interface Launcher {
  /** Changes nothing on the host. @throws Failure */
  plan(settings: JobSettings, place: CodePlace, options: LaunchOptions): Promise<LaunchPlan>;
  /** Sends the code and submits. Trying again after a failure never runs it twice. @throws Failure */
  run(plan: LaunchPlan, secrets: Readonly<Record<string, string>>, options: LaunchOptions): Promise<Job>;
}
