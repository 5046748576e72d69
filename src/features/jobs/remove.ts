import * as vscode from "vscode";
import type { HostRef } from "../../core/ports";
import { withLateProgress } from "../../platform/progress";
import { hasEnded, type Job } from "../../shared/jobs";
import type { JobsFeature } from "./feature";
import { describeJob } from "./jobWords";

/** Removes jobs that have ended with their files, after a question that names them. */
export async function deleteJobs({ parts }: JobsFeature, host: HostRef, jobs: readonly Job[]): Promise<void> {
  const [first] = jobs;
  if (!first) return;
  const what = jobs.length === 1 ? first.name : `${jobs.length} jobs`;
  const named = jobs.slice(0, 12).map((job) => nameOf(host, job));
  const more = jobs.length > named.length ? [`and ${jobs.length - named.length} more`] : [];
  const detail =
    jobs.length === 1
      ? "Its log, its copy of the code and what it left in $TENSORLINE_OUT will be gone."
      : `${[...named, ...more].join("\n")}\n\nTheir logs, their copies of the code and what they left in $TENSORLINE_OUT will be gone.`;
  const remove = "Delete";
  const question = `Delete ${what} on ${host.name}?`;
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) !== remove) return;
  await withLateProgress(`Deleting ${what} on ${host.name}`, (signal) =>
    parts.jobs.remove(
      host,
      jobs.map(({ id }) => id),
      signal,
    ),
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
    host,
    (picked ?? []).map(({ job }) => job),
  );
}

const nameOf = (host: HostRef, job: Job): string =>
  `${job.name} · ${describeJob(job, { host, isMine: true, isWatched: false, now: Date.now() })}`;
