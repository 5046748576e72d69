import { backends } from "./backends";
import { listCommand, logIndexCommand, lookCommand, readLogCommand, removeCommand, submitCommand } from "./commands";
import { followLog } from "./followLog";
import type { JobParts } from "./parts";
import { watchJobs } from "./watchJobs";

/** Everything about jobs that is loaded at first use. */
export const jobParts: JobParts = {
  backends,
  submitCommand,
  listCommand,
  lookCommand,
  removeCommand,
  readLogCommand,
  logIndexCommand,
  followLog,
  watchJobs,
};

export { launchParts } from "./launchParts";
