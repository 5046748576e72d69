import type { Job } from "../../shared/jobs";
import type { Clock } from "../clock";
import type { OperationHost } from "../operations/operation";
import type { RemoteCommand, Runner } from "../remote";
import type { JobBackend } from "./backend";
import type { JobRetention } from "./commands";
import type { LogSink } from "./jobs";
import type { JobLists } from "./records";
import type { JobRequest } from "./request";
import type { JobNews } from "./watchJobs";

/** The heavy part of jobs: a bundle of its own in the editor, loaded when somebody looks for the first time. */
export interface JobParts {
  readonly backends: readonly JobBackend[];
  submitCommand(request: JobRequest, retention?: JobRetention): RemoteCommand<Job>;
  listCommand(): RemoteCommand<JobLists>;
  lookCommand(id: string, action?: "stop"): RemoteCommand<{ readonly job: Job; readonly settings?: string }>;
  removeCommand(ids: readonly string[]): RemoteCommand<void>;
  readLogCommand(id: string, fromByte: number, length: number): RemoteCommand<Uint8Array>;
  logIndexCommand(id: string): RemoteCommand<readonly { at: string; bytes: number }[]>;
  followLog(
    deps: { readonly host: Pick<OperationHost, "connected">; readonly clock: Clock },
    id: string,
    fromByte: number,
    sink: LogSink,
    signal: AbortSignal,
  ): Promise<Job>;
  watchJobs(clock: Clock, runner: Runner, onNews: (news: JobNews) => void, signal: AbortSignal): Promise<void>;
}
