import type { JobCause } from "../../shared/jobPanel";
import { hasEnded, type Job } from "../../shared/jobs";
import { durationText, took } from "./jobWords";
import type { News, WatchedJob } from "./watched";

/** What a notification says. */
export interface NewsWords {
  readonly severity: "information" | "warning" | "error";
  readonly text: string;
}

/** When to say something: what went well, too, or only what did not. */
export type NotifyLevel = "all" | "problems" | "none";

/**
 * `cause`: why it ended, where it did not end well; `summary`: the same of its tensors, where they are why. Undefined where it is
 * not to be told.
 */
export function newsWords(
  { name, host }: WatchedJob,
  news: Exclude<News, { kind: "gone" }>,
  level: NotifyLevel,
  cause?: JobCause,
  summary?: string,
): NewsWords | undefined {
  const isFine = news.kind === "ended" && (news.job.state === "succeeded" || news.job.state === "stopped");
  if (level === "none" || (level === "problems" && isFine)) return undefined;
  switch (news.kind) {
    case "badLoss":
      return { severity: "warning", text: `${name} on ${host.name} prints ${news.value}. It still runs.` };
    case "stalled": {
      const text = `${name} on ${host.name} has printed nothing for ${durationText(news.silentMs)}. It still runs.`;
      return { severity: "warning", text };
    }
    case "ended":
      return endWords(name, host.name, news.job, cause, summary);
  }
}

function endWords(
  name: string,
  host: string,
  job: Job,
  cause: JobCause | undefined,
  summary: string | undefined,
): NewsWords {
  const time = took(job);
  const after = time === undefined ? "" : ` after ${time}`;
  const why = [cause?.message ?? job.message, cause?.advice].filter(Boolean).join(" ");
  const because = why === "" ? "" : ` ${why}`;
  switch (job.state) {
    case "succeeded":
      return { severity: "information", text: `${name} finished on ${host}${after}.` };
    case "stopped":
      return { severity: "information", text: `${name} was stopped on ${host}${after}.` };
    case "lost":
      return { severity: "warning", text: `${name} was lost on ${host}.${because}` };
    default:
      if (summary !== undefined) return { severity: "error", text: `${name} failed on ${host}${after}: ${summary}` };
      return { severity: "error", text: `${name} failed on ${host}${after}.${because}` };
  }
}

/** Whether a reader of logs has something to explain. */
export const needsCause = (news: News): boolean =>
  news.kind === "ended" && hasEnded(news.job) && news.job.state !== "succeeded" && news.job.state !== "stopped";
