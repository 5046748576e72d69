import { Failure } from "../../core/failure";
import { withLateProgress } from "../../platform/progress";
import type { RunTarget } from "./codeTarget";
import type { JobsFeature } from "./feature";
import { startJob } from "./launch";
import type { Launch } from "./remembered";
import type { JobTarget } from "./targets";

/** Runs it again with the code as it is now, on the same host. */
export async function restartJob(feature: JobsFeature, target: JobTarget): Promise<void> {
  await startJob(feature, await runTarget(feature, target));
}

/** Opens the form with what it ran with. */
export async function changeJob(feature: JobsFeature, target: JobTarget): Promise<void> {
  await feature.parts.openForm(await runTarget(feature, target));
}

/** How it was launched, as this computer or the host remembers; undefined where neither does. */
export async function launchOf(
  { parts, remembered }: JobsFeature,
  { host, job }: JobTarget,
): Promise<Launch | undefined> {
  const known = remembered.launchOf(job.id);
  if (known) return known;
  const kept = await withLateProgress(`Asking ${host.name} about ${job.name}`, (signal) =>
    parts.jobs.get(host, job.id, signal),
  );
  return kept.settings === undefined ? undefined : parts.readLaunch(kept.settings);
}

/** @throws Failure `jobUnusable` where nobody knows how it was launched */
async function runTarget(feature: JobsFeature, target: JobTarget): Promise<RunTarget> {
  const { host, job } = target;
  const launch = await launchOf(feature, target);
  if (!launch)
    throw new Failure({ reason: "jobUnusable", name: job.name, why: "nobody kept what it was started with" });
  const { place, settings } = launch;
  return { place, settings: { ...settings, host: host.name }, key: place.file ?? place.folder };
}
