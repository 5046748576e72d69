import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import type { HostRef } from "../../core/ports";
import { registerCommand } from "../../platform/commands";
import { withLateProgress } from "../../platform/progress";
import { hasEnded, type Job } from "../../shared/jobs";
import { changeJob, restartJob } from "./again";
import { attachJob } from "./attach";
import type { JobsFeature } from "./feature";
import { openJobPort } from "./jobPort";
import { cleanUpJobs, deleteJobs } from "./remove";
import { bringResults } from "./results";
import type { JobNode } from "./rows";
import { forgetSecret, setSecret } from "./secrets";
import { stopJob } from "./stop";
import { hostTarget, type JobArgument, type JobTarget, jobTarget, jobTargets } from "./targets";

/** Everything that can be done with a job, from the tree, the job panel and the palette alike. */
export function registerJobCommands(feature: JobsFeature): Disposable {
  const store = new DisposableStore();
  const { app, parts, watcher } = feature;

  const onJob = (
    id: `tensorline.${string}`,
    run: (target: JobTarget) => unknown,
    fits: (job: Job) => boolean = () => true,
  ) =>
    store.add(
      registerCommand(app.log, id, async (argument: JobArgument) => {
        const target = await jobTarget(feature, argument, fits);
        if (target) await run(target);
      }),
    );
  const onHost = (id: `tensorline.${string}`, run: (host: HostRef) => unknown) =>
    store.add(
      registerCommand(app.log, id, async (argument: JobArgument) => {
        const host = await hostTarget(feature, argument);
        if (host) await run(host);
      }),
    );
  const isLive = (job: Job) => !hasEnded(job);

  onJob("tensorline.showJob", ({ host, job }) => parts.openPanel(host, job.id));
  onJob("tensorline.stopJob", (target) => stopJob(feature, target), isLive);
  onJob("tensorline.restartJob", (target) => restartJob(feature, target));
  onJob("tensorline.changeJob", (target) => changeJob(feature, target));
  onJob("tensorline.attachJob", (target) => attachJob(feature, target), isLive);
  onJob("tensorline.bringJobResults", (target) => bringResults(feature, target));
  onJob("tensorline.openJobPort", (target) => openJobPort(feature, target), isLive);
  onJob("tensorline.watchJob", ({ host, job }) => watcher.watch(host, job), isLive);
  onJob("tensorline.unwatchJob", ({ host, job }) => watcher.unwatch(host, job.id), isLive);
  onJob("tensorline.copyJobId", ({ job }) => vscode.env.clipboard.writeText(job.id));
  onJob("tensorline.copyJobCommand", ({ job }) => vscode.env.clipboard.writeText(job.command ?? job.name));
  onHost("tensorline.refreshJobs", (host) => refresh(feature, host));
  onHost("tensorline.cleanUpJobs", (host) => cleanUpJobs(feature, host));
  store.add(
    registerCommand(
      app.log,
      "tensorline.deleteJob",
      async (argument: JobArgument, selected: readonly JobNode[] | undefined) => {
        const targets = await jobTargets(feature, argument, selected, hasEnded);
        if (targets) await deleteJobs(feature, targets.host, targets.jobs);
      },
    ),
  );
  store.add(registerCommand(app.log, "tensorline.setJobSecret", () => setSecret(app.jobSecrets)));
  store.add(registerCommand(app.log, "tensorline.forgetJobSecret", () => forgetSecret(app.jobSecrets)));
  return store;
}

/** Looks anew, connecting the host again where it was given up. */
async function refresh({ app, parts }: JobsFeature, host: HostRef): Promise<void> {
  const { kind } = app.engine.state(host);
  if (kind === "offline" || kind === "reconnecting") app.engine.connections().retry(host);
  await withLateProgress(`Looking for jobs on ${host.name}`, (signal) => parts.jobs.refresh(host, signal));
}
