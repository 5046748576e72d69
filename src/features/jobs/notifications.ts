import * as vscode from "vscode";
import type { HostRef } from "../../core/ports";
import type { JobCause } from "../../shared/jobPanel";
import type { Job } from "../../shared/jobs";
import { restartJob } from "./again";
import type { JobsFeature } from "./feature";
import { needsCause, newsWords } from "./newsWords";
import { bringResultsUnasked } from "./results";
import { stopJob } from "./stop";
import type { News, WatchedJob } from "./watched";

/** Of the log's end that the cause of death is looked for in. */
const tailBytes = 64 * 1024;

const readMs = 20_000;

/** Says what happened to a watched job, with what one does next. */
export async function tellNews(
  feature: JobsFeature,
  watched: WatchedJob,
  news: Exclude<News, { kind: "gone" }>,
): Promise<void> {
  const { app, parts, remembered } = feature;
  const { host } = watched;
  const { job } = news;
  if (news.kind === "ended" && remembered.launchOf(job.id)?.settings.bringResults) {
    bringResultsUnasked(feature, { host, job }).catch((error: unknown) =>
      app.log.error(`the results of ${job.name} did not come back`, error),
    );
  }
  const cause = needsCause(news) ? await causeOf(feature, host, job) : undefined;
  const words = newsWords(watched, news, app.settings.jobNotify(), cause);
  if (!words) return;
  const showLog = "Show Log";
  const runAgain = "Run Again";
  const stop = "Stop";
  const show = {
    information: vscode.window.showInformationMessage,
    warning: vscode.window.showWarningMessage,
    error: vscode.window.showErrorMessage,
  }[words.severity];
  const answer = await show(words.text, showLog, news.kind === "ended" ? runAgain : stop);
  if (answer === showLog) parts.openPanel(host, job);
  if (answer === runAgain) await restartJob(feature, { host, job });
  if (answer === stop) await stopJob(feature, { host, job });
}

/** Undefined where its log cannot be read now: then the host's own word has to do. */
async function causeOf({ app, parts }: JobsFeature, host: HostRef, job: Job): Promise<JobCause | undefined> {
  try {
    const from = Math.max(0, (job.logBytes ?? 0) - tailBytes);
    const tail = await parts.jobs.readLog(host, job.id, from, tailBytes, AbortSignal.timeout(readMs));
    return parts.readers.cause(job, new TextDecoder().decode(tail));
  } catch (error) {
    app.log.info(`the log of ${job.name} was not read for its end (${String(error)})`);
    return undefined;
  }
}
