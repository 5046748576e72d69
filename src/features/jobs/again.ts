import { Failure } from "../../core/failure";
import { withLateProgress } from "../../platform/progress";
import type { RunTarget } from "./codeTarget";
import type { JobsFeature } from "./feature";
import { startJob } from "./launch";
import type { JobTarget } from "./targets";

/** Runs it again with the code as it is now, on the same host. */
export async function restartJob(feature: JobsFeature, target: JobTarget): Promise<void> {
  await startJob(feature, await launchOf(feature, target));
}

/** Opens the form with what it ran with. */
export async function changeJob(feature: JobsFeature, target: JobTarget): Promise<void> {
  feature.parts.openForm({ feature, target: await launchOf(feature, target) });
}

/** How it was launched, as this computer or the host remembers. @throws Failure `jobUnusable` where neither does */
async function launchOf({ parts, remembered }: JobsFeature, { host, job }: JobTarget): Promise<RunTarget> {
  const known = remembered.launchOf(job.id) ?? (await fromHost());
  if (!known) throw new Failure({ reason: "jobUnusable", name: job.name, why: "nobody kept what it was started with" });
  const { place, settings } = known;
  return { place, settings: { ...settings, host: host.name }, key: place.file ?? place.folder };

  async function fromHost() {
    const kept = await withLateProgress(`Asking ${host.name} about ${job.name}`, (signal) =>
      parts.jobs.get(host, job.id, signal),
    );
    return kept.settings === undefined ? undefined : parts.readLaunch(kept.settings);
  }
}
