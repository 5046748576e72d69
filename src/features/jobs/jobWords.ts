import { type HostRef, hostId } from "../../core/ports";
import type { JobProgress } from "../../shared/jobPanel";
import { hasEnded, type Job, type JobGpu, type JobState } from "../../shared/jobs";
import { facts, type RowWords } from "../environments/rowWords";

/** What is known of a job besides its record. */
export interface JobContext {
  readonly host: HostRef;
  readonly isMine: boolean;
  readonly isWatched: boolean;
  readonly progress?: JobProgress;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** States differ in shape, not in colour alone. */
const icons: Readonly<Record<JobState, string>> = {
  queued: "clock",
  running: "play-circle",
  succeeded: "pass",
  failed: "error",
  stopped: "circle-slash",
  lost: "question",
};

export const stateNames: Readonly<Record<JobState, string>> = {
  queued: "queued",
  running: "running",
  succeeded: "finished",
  failed: "failed",
  stopped: "stopped",
  lost: "lost",
};

/** One word for a job, stable for as long as the window lives. */
export const jobKey = (host: HostRef, id: string): string => `${hostId(host)}#job ${id}`;

export function jobWords(job: Job, context: JobContext): RowWords {
  const description = describeJob(job, context);
  return {
    label: job.name,
    description,
    tooltip: tooltip(job, context),
    spoken: [job.name, stateNames[job.state], description.replaceAll(" · ", ", ")].filter(Boolean).join(", "),
    icon: icons[job.state],
    context: ["job", job.state, ...abilities(job, context)].join("."),
  };
}

/** What the menus offer for it. */
function abilities(job: Job, { isMine, isWatched }: JobContext): string[] {
  if (!isMine) return ["other"];
  return ["mine", hasEnded(job) ? "ended" : "live", job.backend, ...(isWatched ? ["watched"] : ["unwatched"])];
}

/** `GPU 1 · 12 min · 45 % · ETA 8 min` while it runs; how and when it ended after that. */
export function describeJob(job: Job, { isMine, progress, now }: JobContext): string {
  const user = !isMine && (job.user ?? "–");
  switch (job.state) {
    case "queued":
      return facts([user, waitingWords(job), !isMine && since(job.submittedAt, now)]);
    case "running":
      return facts([user, gpuText(job.gpus), since(job.startedAt, now), ...progressWords(progress)]);
    case "succeeded":
    case "stopped":
      return facts([user, took(job), since(job.endedAt, now, " ago")]);
    case "failed":
    case "lost":
      return facts([user, shortReason(job), took(job), since(job.endedAt, now, " ago")]);
  }
}

function waitingWords({ ahead, message }: Job): string {
  if (ahead !== undefined && ahead > 0) return `${ahead} ${ahead === 1 ? "job" : "jobs"} first`;
  return message ?? "waiting";
}

export function progressWords(progress: JobProgress | undefined): string[] {
  const percent = progressPercent(progress);
  if (percent === undefined) return [];
  const eta = progress?.etaSeconds;
  return [`${percent} %`, ...(eta === undefined || percent >= 100 ? [] : [`ETA ${durationText(eta * 1000)}`])];
}

/** 0 to 100, whole; 100 only at the end. */
export function progressPercent(progress: JobProgress | undefined): number | undefined {
  return progress && progress.fraction >= 0 ? Math.min(100, Math.floor(100 * progress.fraction)) : undefined;
}

/** `GPU 1`, `GPUs 0, 1`; `2 GPUs` where their numbers are not known. */
export function gpuText(gpus: readonly JobGpu[] | undefined): string | undefined {
  if (!gpus || gpus.length === 0) return undefined;
  const indices = gpus.flatMap(({ index }) => index ?? []);
  if (indices.length < gpus.length) return gpus.length === 1 ? "1 GPU" : `${gpus.length} GPUs`;
  return indices.length === 1 ? `GPU ${indices[0]}` : `GPUs ${indices.join(", ")}`;
}

function shortReason({ reason, exitCode, signal }: Job): string {
  switch (reason) {
    case "hostOutOfMemory":
      return "out of memory";
    case "gpuOutOfMemory":
      return "out of GPU memory";
    case "timeLimit":
      return "time limit";
    case "diskFull":
      return "disk full";
    case "hostRestarted":
      return "host restarted";
    case "supervisorDied":
      return "its supervisor died";
    case "secretsGone":
      return "its secrets are gone";
    case "gpusUnavailable":
      return "no GPUs";
    case "couldNotStart":
      return "could not start";
    default:
      return signal ?? (exitCode === undefined ? "end unknown" : `exit code ${exitCode}`);
  }
}

function tooltip(job: Job, { host, isMine, progress, now }: JobContext): string[] {
  const lines = [
    `${job.name}: ${stateNames[job.state]} on ${host.name}`,
    job.message,
    job.command,
    job.folder && /^[/~]/.test(job.folder) && `In ${job.folder}`,
    job.environment && `Environment ${job.environment}`,
    job.user && `Of ${job.user}`,
    gpuText(job.gpus) && `Has ${gpuText(job.gpus)}`,
    progress &&
      [progress.label, `${progress.done} of ${progress.total}`, ...progressWords(progress)].filter(Boolean).join(", "),
    since(job.submittedAt, now) && `Submitted ${since(job.submittedAt, now)} ago`,
    since(job.startedAt, now) && `Began ${since(job.startedAt, now)} ago`,
    took(job) && `Took ${took(job)}`,
    job.exitCode !== undefined && `Exit code ${job.exitCode}`,
    job.signal && `Ended by ${job.signal}`,
    job.logIncomplete && "Its log lacks output: the disk was full.",
    job.leftovers && `Could not be stopped: processes ${job.leftovers.join(", ")}`,
    (isMine || job.schedulerId) &&
      `Job ${job.id}${job.schedulerId ? `, ${job.schedulerId} there` : ""}, ${job.backend}`,
  ];
  return lines.filter((line): line is string => typeof line === "string" && line !== "");
}

/** How long ago, by the host's clock against this one's; undefined where it is not known. */
function since(time: string | undefined, now: number, suffix = ""): string | undefined {
  const at = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(at) ? undefined : `${minutesText(Math.max(0, now - at))}${suffix}`;
}

/** From its beginning to its end. */
export function took({ startedAt, endedAt }: Pick<Job, "startedAt" | "endedAt">): string | undefined {
  if (startedAt === undefined || endedAt === undefined) return undefined;
  const ms = Date.parse(endedAt) - Date.parse(startedAt);
  return ms >= 0 ? durationText(ms) : undefined;
}

/** As `durationText`, but still for the first minute: rows are not painted every second. */
const minutesText = (ms: number): string => (ms < 60_000 ? "<1 min" : durationText(ms));

/** `40 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const more = (value: number, unit: string) => (value === 0 ? "" : ` ${value} ${unit}`);
  return hours < 24 ? `${hours} h${more(minutes % 60, "min")}` : `${Math.floor(hours / 24)} d${more(hours % 24, "h")}`;
}
