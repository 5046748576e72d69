import * as vscode from "vscode";
import { type HostRef, hostId } from "../../core/ports";
import { withLateProgress } from "../../platform/progress";
import { hasEnded } from "../../shared/jobs";
import type { JobsFeature } from "./feature";
import { describeJob } from "./jobWords";
import { deletionWords, jobsText } from "./removeWords";
import type { JobTarget } from "./targets";

/** Removes jobs that have ended with their files, after a question that names them. Those that go on stay, and it says so. */
export async function deleteJobs({ parts }: JobsFeature, targets: readonly JobTarget[]): Promise<void> {
  const words = deletionWords(targets, Date.now());
  if (words === undefined) return;
  if (words.question === undefined) return void vscode.window.showInformationMessage(words.detail);
  const remove = "Delete";
  const { question, detail } = words;
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) !== remove) return;
  const ended = targets.filter(({ job }) => hasEnded(job));
  for (const [host, ids] of idsByHost(ended)) {
    await withLateProgress(`Deleting ${jobsText(ids.length)} on ${host.name}`, (signal) =>
      parts.jobs.remove(host, ids, signal),
    );
    for (const id of ids) parts.closePanel(host, id);
  }
}

function idsByHost(targets: readonly JobTarget[]): ReadonlyMap<HostRef, readonly string[]> {
  const hosts = new Map(targets.map(({ host }) => [hostId(host), host]));
  return new Map(
    [...hosts].map(([key, host]) => [
      host,
      targets.flatMap((target) => (hostId(target.host) === key ? target.job.id : [])),
    ]),
  );
}

/** Offers all that have ended; those older than the setting says are chosen already. */
export async function cleanUpJobs(feature: JobsFeature, host: HostRef): Promise<void> {
  const { jobs = [] } = await withLateProgress(`Looking for jobs on ${host.name}`, (signal) =>
    feature.parts.jobs.refresh(host, signal),
  );
  const ended = jobs.filter(hasEnded);
  if (ended.length === 0) {
    void vscode.window.showInformationMessage(`${host.name} keeps no job of yours that has ended.`);
    return;
  }
  const before = Date.now() - feature.app.settings.jobRetentionDays() * 24 * 3_600_000;
  const items = ended.map((job) => ({
    label: job.name,
    description: describeJob(job, { host, isMine: true, isWatched: false, now: Date.now() }),
    picked: Date.parse(job.endedAt ?? job.submittedAt) < before,
    job,
  }));
  const title = `Which jobs to delete on ${host.name}?`;
  const picked = await vscode.window.showQuickPick(items, { title, canPickMany: true, matchOnDescription: true });
  await deleteJobs(
    feature,
    (picked ?? []).map(({ job }) => ({ host, job })),
  );
}
