import * as vscode from "vscode";
import type { App } from "../../app";
import { isFailure, problemOf } from "../../core/failure";
import type { LaunchPlan, LaunchProgress } from "../../core/jobs/launch/launch";
import { sentence } from "../../core/words";
import { withLateProgress } from "../../platform/progress";
import type { JobSettings } from "../../shared/jobSettings";
import type { Job } from "../../shared/jobs";
import { filesText, sizeText } from "../files/transferText";
import type { RunTarget } from "./codeTarget";
import type { JobsFeature } from "./feature";
import { resolveSecrets } from "./secrets";
import { isTrusted } from "./trust";

/** Runs it as it is, without the form, and opens the job; where GPUs are taken, waiting is one click away. */
export async function startJob(feature: JobsFeature, target: RunTarget): Promise<Job | undefined> {
  const name = target.settings.name ?? target.settings.program;
  if (!(await isTrusted(name))) return undefined;
  try {
    const { plan, job } = await withLateProgress(`Running ${name}`, async (signal, say) => {
      const options = { signal, onProgress: (progress: LaunchProgress) => say(launchText(progress)) };
      const plan = await feature.parts.launcher().plan(withDefaults(feature.app, target), target.place, options);
      return { plan, job: await submitPlan(feature, target.key, plan, signal, options.onProgress) };
    });
    feature.parts.openPanel(plan.host, job);
    return job;
  } catch (error) {
    if (!isFailure(error, "gpusTaken")) throw error;
    return offerQueue(feature, target, error);
  }
}

/** Gets the secrets, submits, and from then on the job is remembered and watched. @throws Failure */
export async function submitPlan(
  feature: JobsFeature,
  key: string,
  plan: LaunchPlan,
  signal: AbortSignal,
  onProgress: (progress: LaunchProgress) => void,
): Promise<Job> {
  const secrets = await resolveSecrets(feature.app.jobSecrets, plan.secrets, signal);
  const job = await feature.parts.launcher().run(plan, secrets, { signal, onProgress });
  // The job runs: what cannot be noted here takes nothing from that.
  const noted = await Promise.allSettled([
    feature.remembered.launched(key, job.id, plan.host.name, { settings: plan.settings, place: plan.place }),
    feature.watcher.watch(plan.host, job),
  ]);
  for (const one of noted) if (one.status === "rejected") feature.app.log.error("a job was not noted", one.reason);
  return job;
}

async function offerQueue(feature: JobsFeature, target: RunTarget, error: Error): Promise<Job | undefined> {
  const wait = "Wait in Queue";
  const change = "Change…";
  const answer = await vscode.window.showWarningMessage(sentence(problemOf(error)), wait, change);
  if (answer === change) await feature.parts.openForm(target);
  if (answer !== wait) return undefined;
  return startJob(feature, { ...target, settings: { ...target.settings, queue: true } });
}

/** What the settings of the editor say where those of the job do not. */
export function withDefaults({ settings }: App, target: RunTarget): JobSettings {
  const backend = settings.jobBackend();
  return {
    ...(backend === "process" ? {} : { backend }),
    ...(target.place.kind === "client" && !settings.jobSync() ? { sync: false } : {}),
    ...(settings.hookInJobs() ? {} : { tensorHook: false }),
    ...target.settings,
  };
}

/** `sending files: 18 kB of 2 MB, 3 of 120 files`. */
export function launchText({ step, transfer }: LaunchProgress): string {
  if (!transfer) return `${step}…`;
  const { doneBytes, totalBytes, doneFiles, totalFiles } = transfer;
  return `${step}: ${sizeText(doneBytes)} of ${sizeText(totalBytes)}, ${doneFiles} of ${filesText(totalFiles)}`;
}
