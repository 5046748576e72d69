import * as vscode from "vscode";
import { withLateProgress } from "../../platform/progress";
import type { JobsFeature } from "./feature";
import type { JobTarget } from "./targets";
import { isSame } from "./watched";

/** Ends the job and every process of it, after a question that names it. */
export async function stopJob(feature: JobsFeature, target: JobTarget): Promise<void> {
  const { host } = target;
  // One that waited a moment ago may have begun.
  const job = target.job.state === "queued" ? await asItIs(feature, target) : target.job;
  const stop = job.state === "queued" ? "Take Out of the Queue" : "Stop";
  const detail =
    job.state === "queued" ? "It has not begun." : "Its processes are told to end, and killed if they do not.";
  const answer = await vscode.window.showWarningMessage(
    `Stop ${job.name} on ${host.name}?`,
    { modal: true, detail },
    stop,
  );
  if (answer === stop) await stopNow(feature, { host, job });
}

const asItIs = async ({ parts }: JobsFeature, { host, job }: JobTarget) =>
  (await withLateProgress(`Looking at ${job.name} on ${host.name}`, (signal) => parts.jobs.get(host, job.id, signal)))
    .job;

/** Without a question. Who stops it knows that it ended: nothing is told about that. */
export async function stopNow({ parts, watcher }: JobsFeature, { host, job }: JobTarget): Promise<void> {
  const isWatched = watcher.list().some((one) => isSame(one, { host, id: job.id }));
  await watcher.unwatch(host, job.id);
  const stopping = withLateProgress(`Stopping ${job.name} on ${host.name}`, (signal) =>
    parts.jobs.stop(host, job.id, signal),
  );
  const ended = await stopping.catch(async (error: unknown) => {
    if (isWatched) await watcher.watch(host, job);
    throw error;
  });
  if (ended.leftovers === undefined || ended.leftovers.length === 0) return;
  const left = ended.leftovers.join(", ");
  void vscode.window.showWarningMessage(`${job.name} was stopped on ${host.name}, but processes ${left} still run.`);
}
