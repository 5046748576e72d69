import type { App } from "../../app";
import type { FailedJobs } from "./failures";
import type { JobForwards } from "./jobForwards";
import type { JobParts } from "./parts";
import type { Remembered } from "./remembered";
import type { Tails } from "./tails";
import type { JobWatcher } from "./watcher";

/** What the commands, the task and the notifications of jobs share. */
export interface JobsFeature {
  readonly app: App;
  readonly parts: JobParts;
  readonly forwards: JobForwards;
  readonly tails: Tails;
  readonly watcher: JobWatcher;
  readonly remembered: Remembered;
  readonly failedJobs: FailedJobs;
}
