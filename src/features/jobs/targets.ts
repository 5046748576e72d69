import * as vscode from "vscode";
import { type HostRef, hostId } from "../../core/ports";
import { withLateProgress } from "../../platform/progress";
import type { Job } from "../../shared/jobs";
import { pickHost } from "../hosts/commands";
import type { JobsFeature } from "./feature";
import { describeJob, stateNames } from "./jobWords";
import type { JobNode } from "./rows";

export interface JobTarget {
  readonly host: HostRef;
  readonly job: Job;
}

/** What names a job for a command: a page or a notification has no row. */
export interface JobAddress {
  readonly host: HostRef;
  readonly id: string;
}

/** A row of the tree, a job by its id, a host, or nothing (from the palette: then the person picks). */
export type JobArgument = JobNode | JobAddress | HostRef | undefined;

export async function hostTarget({ app }: JobsFeature, argument: JobArgument): Promise<HostRef | undefined> {
  if (!argument) return pickHost(app);
  return "host" in argument ? argument.host : argument;
}

/** The job of a row unless it is another user's, else one that the person picks among those that `fits`. @throws Failure `jobUnknown` */
export async function jobTarget(
  feature: JobsFeature,
  argument: JobArgument,
  fits: (job: Job) => boolean,
): Promise<JobTarget | undefined> {
  if (argument && "kind" in argument && argument.kind === "job") {
    if (argument.isMine) return { host: argument.host, job: asItIsNow(feature, argument.host, argument.job) };
    void vscode.window.showInformationMessage(`That job belongs to ${argument.job.user ?? "somebody else"}.`);
    return undefined;
  }
  if (argument && "id" in argument) return { host: argument.host, job: await jobOf(feature, argument) };
  const host = await hostTarget(feature, argument);
  if (!host) return undefined;
  const picked = await pickJobs(feature, host, fits, false);
  return picked[0] && { host, job: picked[0] };
}

/** The jobs of the selected rows that `fits`, all of one host, else those that the person picks. */
export async function jobTargets(
  feature: JobsFeature,
  argument: JobArgument,
  selected: readonly JobNode[] | undefined,
  fits: (job: Job) => boolean,
): Promise<{ readonly host: HostRef; readonly jobs: readonly Job[] } | undefined> {
  if (argument && "kind" in argument && argument.kind === "job") {
    const rows = selected?.some((row) => row === argument) ? selected : [argument];
    const { host } = argument;
    const jobs = rows.flatMap((row) =>
      row.kind === "job" && row.isMine && hostId(row.host) === hostId(host) ? asItIsNow(feature, host, row.job) : [],
    );
    return { host, jobs: jobs.filter(fits) };
  }
  if (argument && "id" in argument) return { host: argument.host, jobs: [await jobOf(feature, argument)] };
  const host = await hostTarget(feature, argument);
  return host && { host, jobs: await pickJobs(feature, host, fits, true) };
}

/** VS Code may hand over a row from before the job moved to another group. */
const asItIsNow = ({ parts }: JobsFeature, host: HostRef, job: Job): Job =>
  parts.jobs.state(host).jobs?.find(({ id }) => id === job.id) ?? job;

/** What is known of it, else what the host says. @throws Failure `jobUnknown` */
async function jobOf({ parts }: JobsFeature, { host, id }: JobAddress): Promise<Job> {
  const known = parts.jobs.state(host).jobs?.find((job) => job.id === id);
  if (known) return known;
  const { job } = await withLateProgress(`Looking for a job on ${host.name}`, (signal) =>
    parts.jobs.get(host, id, signal),
  );
  return job;
}

async function pickJobs(
  feature: JobsFeature,
  host: HostRef,
  fits: (job: Job) => boolean,
  isMany: boolean,
): Promise<readonly Job[]> {
  const { jobs = [] } = await withLateProgress(`Looking for jobs on ${host.name}`, (signal) =>
    feature.parts.jobs.refresh(host, signal),
  );
  const items = jobs.filter(fits).map((job) => ({
    label: job.name,
    description: [stateNames[job.state], describeJob(job, { host, isMine: true, isWatched: false, now: Date.now() })]
      .filter(Boolean)
      .join(" · "),
    job,
  }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(`${host.name} has no job of yours for that.`);
    return [];
  }
  const options = { matchOnDescription: true };
  if (!isMany) {
    const one = await vscode.window.showQuickPick(items, { ...options, title: `Which job on ${host.name}?` });
    return one ? [one.job] : [];
  }
  const title = `Which jobs on ${host.name}?`;
  return (
    (await vscode.window.showQuickPick(items, { ...options, title, canPickMany: true }))?.map(({ job }) => job) ?? []
  );
}
