import type { JobBackend } from "../../core/jobs/backend";
import type { Jobs } from "../../core/jobs/jobs";
import type { CodePlace, Launcher } from "../../core/jobs/launch/launch";
import type { ReadPresets } from "../../core/jobs/launch/presets";
import type { BringOptions, BroughtResults } from "../../core/jobs/launch/results";
import type { HostRef } from "../../core/ports";
import type { ExplainedJob } from "../../core/tensors/explainJob";
import type { TransferOptions, TransferResult } from "../../core/transfer/transfer";
import type { JobContents } from "../../shared/jobPanel";
import type { Job } from "../../shared/jobs";
import type { RunTarget } from "./codeTarget";
import type { JobReaders } from "./jobReaders";
import type { Launch } from "./remembered";

/** What the feature stands on: the service, the launcher, the readers and the two pages. Nothing heavy is loaded before it is asked for. */
export interface JobParts {
  readonly jobs: Jobs;
  readonly readers: JobReaders;
  launcher(): Launcher;
  backends(): readonly Pick<JobBackend, "id" | "label" | "hint" | "schedules">[];
  /** Presets of a file's text; each bad one is told while the others work. */
  readPresets(text: string, file: string): ReadPresets;
  /** How a job was submitted, from what the host keeps of it; undefined where that cannot be understood. */
  readLaunch(settings: string): Launch | undefined;
  openForm(target: RunTarget): Promise<void>;
  openPanel(host: HostRef, job: Job): void;
  /** Why a job failed, where tensors are why. @throws Failure */
  explain(host: HostRef, job: Job, signal: AbortSignal): Promise<ExplainedJob | undefined>;
  /** There is no such job any more. */
  closePanel(host: HostRef, id: string): void;
  /** What lies in a job's folder on the host. @throws Failure */
  contents(host: HostRef, id: string, signal: AbortSignal): Promise<JobContents>;
  /** @throws Failure */
  download(host: HostRef, from: string, to: string, options: TransferOptions): Promise<TransferResult>;
  /** What is in the job's $TENSORLINE_OUT comes into a folder of this computer. @throws Failure */
  bringResults(host: HostRef, job: Job, to: string, options: BringOptions): Promise<BroughtResults>;
  /** Where results go when nobody says where; undefined where the code is not on this computer. */
  resultsFolder(place: CodePlace, job: Job): string | undefined;
  /** The words that attach a terminal of the host to it; undefined where its back end has none. */
  attachArgv(job: Job): readonly string[] | undefined;
}
