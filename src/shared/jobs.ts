import * as v from "valibot";

/**
 * Jobs: work on a host that outlives the connection, the editor and the laptop. The contract for the CLI's JSON and for the
 * pages. Times are ISO 8601 UTC by the host's clock, bytes are bytes. Absent means unknown.
 */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const JobStateSchema = v.picklist(["queued", "running", "succeeded", "failed", "stopped", "lost"]);

/** Why a job waits, or why it ended as it did. The words for each are in `core/words/jobs.ts`. */
export const JobReasonSchema = v.picklist([
  // queued
  "waitingForGpus",
  "waitingForScheduler",
  // failed or lost
  "exitCode",
  "signal",
  "hostOutOfMemory",
  "gpuOutOfMemory",
  "timeLimit",
  "diskFull",
  "hostRestarted",
  "supervisorDied",
  "secretsGone",
  "gpusUnavailable",
  "couldNotStart",
  "schedulerEnded",
]);

/** A GPU that a job has, as the tools of its vendor name it. */
export const JobGpuSchema = v.object({
  index: v.optional(count),
  /** `GPU-…`, `MIG-…`. */
  uuid: v.optional(v.string()),
});

export const JobSchema = v.object({
  id: v.string(),
  name: v.string(),
  state: JobStateSchema,
  /** Of the program itself, 0 to 255, as it left it: a status over 128 is kept. */
  exitCode: v.optional(count),
  /** `SIGKILL`: the signal that ended it; for a status over 128 the probable one. */
  signal: v.optional(v.string()),
  submittedAt: v.string(),
  startedAt: v.optional(v.string()),
  endedAt: v.optional(v.string()),
  reason: v.optional(JobReasonSchema),
  /** The reason in a plain sentence, such as what the job waits for. */
  message: v.optional(v.string()),
  /** Id of the back end that runs it: `process`, `tmux`, `slurm`. */
  backend: v.string(),
  /** The user that it belongs to; absent: the one who asks. */
  user: v.optional(v.string()),
  /** The command line, for people. */
  command: v.optional(v.string()),
  /** Working folder on the host. */
  folder: v.optional(v.string()),
  /** Name of the environment. */
  environment: v.optional(v.string()),
  /** Those that it has; absent while it has none. */
  gpus: v.optional(v.array(JobGpuSchema)),
  /** Jobs that were there first, while it is queued. */
  ahead: v.optional(count),
  /** Length of its log at present. */
  logBytes: v.optional(count),
  /** Output that the log lacks, as the disk was full. */
  logIncomplete: v.optional(v.literal(true)),
  /** Process ids that could not be stopped. */
  leftovers: v.optional(v.array(count)),
  /** The scheduler's own number of it. */
  schedulerId: v.optional(v.string()),
});

export type JobState = v.InferOutput<typeof JobStateSchema>;
export type JobReason = v.InferOutput<typeof JobReasonSchema>;
export type JobGpu = v.InferOutput<typeof JobGpuSchema>;
export type Job = v.InferOutput<typeof JobSchema>;

/** Whether a job has come to its end. */
export function hasEnded({ state }: Pick<Job, "state">): boolean {
  return state !== "queued" && state !== "running";
}
