import * as vscode from "vscode";
import type { HostRef } from "../../core/ports";
import type { ExplainedJob } from "../../core/tensors/explainJob";
import type { JobCause } from "../../shared/jobPanel";
import type { Job } from "../../shared/jobs";
import { restartJob } from "./again";
import type { JobsFeature } from "./feature";
import { failedPlace } from "./jobTold";
import { needsCause, newsWords } from "./newsWords";
import { openSource } from "./open";
import { bringResultsUnasked } from "./results";
import { stopJob } from "./stop";
import type { JobTarget } from "./targets";
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
  const [cause, explained] = needsCause(news)
    ? await Promise.all([causeOf(feature, host, job), explanationOf(feature, host, job)])
    : [];
  if (news.kind === "ended") showFailedLine(feature, { host, job }, explained);
  const words = newsWords(watched, news, app.settings.jobNotify(), cause, explained?.explanation.summary);
  if (!words) return;
  const place = explained && failedPlace(explained);
  const openLine = "Open at Line";
  const showLog = "Show Log";
  const runAgain = "Run Again";
  const stop = "Stop";
  const show = {
    information: vscode.window.showInformationMessage,
    warning: vscode.window.showWarningMessage,
    error: vscode.window.showErrorMessage,
  }[words.severity];
  const buttons = [...(place ? [openLine] : []), showLog, news.kind === "ended" ? runAgain : stop];
  const answer = await show(words.text, ...buttons);
  if (answer === openLine && place) await openSource(feature, { host, job }, place);
  if (answer === showLog) parts.openPanel(host, job);
  if (answer === runAgain) await restartJob(feature, { host, job });
  if (answer === stop) await stopJob(feature, { host, job });
}

/** The Problems view tells where the program failed last, and that it does no more. */
function showFailedLine({ failedJobs, remembered }: JobsFeature, target: JobTarget, explained?: ExplainedJob): void {
  const launch = remembered.launchOf(target.job.id);
  if (explained) failedJobs.failed(target, explained, launch);
  else if (target.job.state === "succeeded") failedJobs.succeeded(target, launch);
}

async function explanationOf({ app, parts }: JobsFeature, host: HostRef, job: Job): Promise<ExplainedJob | undefined> {
  try {
    return await parts.explain(host, job, AbortSignal.timeout(readMs));
  } catch (error) {
    app.log.info(`what ${job.name} recorded was not read (${String(error)})`);
    return undefined;
  }
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
