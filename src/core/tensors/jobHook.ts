import type { JobHook } from "../jobs/hook";
import { putHook, readJobRun } from "./hook";
import { hookHash } from "./hookFiles";

/** The hook of jobs: a job's records lie in its own folder, with which they go. */
export const jobHook: JobHook = { name: hookHash, put: putHook, records: readJobRun };
