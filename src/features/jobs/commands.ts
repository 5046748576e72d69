import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import type { HostRef } from "../../core/ports";
import { registerCommand } from "../../platform/commands";
import { withLateProgress } from "../../platform/progress";
import { hasEnded } from "../../shared/jobs";
import { changeJob, restartJob } from "./again";
import { attachJob } from "./attach";
import type { JobsFeature } from "./feature";
import { openJobPort } from "./jobPort";
import { cleanUpJobs, deleteJobs } from "./remove";
import { bringResults } from "./results";
import type { JobNode } from "./rows";
import { forgetSecret, setSecret } from "./secrets";
import { stopJob } from "./stop";
import { hostTarget, type JobArgument, jobTarget, jobTargets } from "./targets";

/** Everything that can be done with a job, from the tree, the job panel and the palette alike. */
export function registerJobCommands(feature: JobsFeature): Disposable {
  const store = new DisposableStore();
  const { app, parts, watcher } = feature;

  const on = <T>(
    id: `tensorline.${string}`,
    what: (argument: JobArgument) => Promise<T | undefined>,
    run: (what: T) => unknown,
  ) =>
    store.add(
      registerCommand(app.log, id, async (argument: JobArgument) => {
        const found = await what(argument);
        if (found) await run(found);
      }),
    );
  const host = (argument: JobArgument) => hostTarget(feature, argument);
  const any = (argument: JobArgument) => jobTarget(feature, argument, () => true);
  const live = (argument: JobArgument) => jobTarget(feature, argument, (job) => !hasEnded(job));

  on("tensorline.showJob", any, ({ host, job }) => parts.openPanel(host, job));
  on("tensorline.stopJob", live, (target) => stopJob(feature, target));
  on("tensorline.restartJob", any, (target) => restartJob(feature, target));
  on("tensorline.changeJob", any, (target) => changeJob(feature, target));
  on("tensorline.attachJob", live, (target) => attachJob(feature, target));
  on("tensorline.bringJobResults", any, (target) => bringResults(feature, target));
  on("tensorline.openJobPort", live, (target) => openJobPort(feature, target));
  on("tensorline.watchJob", live, ({ host, job }) => watcher.watch(host, job));
  on("tensorline.unwatchJob", live, ({ host, job }) => watcher.unwatch(host, job.id));
  on("tensorline.copyJobId", any, ({ job }) => vscode.env.clipboard.writeText(job.id));
  on("tensorline.copyJobCommand", any, ({ job }) => vscode.env.clipboard.writeText(job.command ?? job.name));
  on("tensorline.refreshJobs", host, (ref) => refresh(feature, ref));
  on("tensorline.cleanUpJobs", host, (ref) => cleanUpJobs(feature, ref));
  store.add(
    registerCommand(
      app.log,
      "tensorline.deleteJob",
      async (argument: JobArgument, selected: readonly JobNode[] | undefined) => {
        await deleteJobs(feature, await jobTargets(feature, argument, selected, hasEnded));
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
