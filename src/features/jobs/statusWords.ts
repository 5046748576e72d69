import type { HostRef } from "../../core/ports";
import type { JobProgress } from "../../shared/jobPanel";
import type { Job } from "../../shared/jobs";
import { describeJob, progressPercent } from "./jobWords";

export interface StatusJob {
  readonly host: HostRef;
  readonly job: Job;
  readonly progress?: JobProgress;
}

/** What the status bar says about jobs that run or wait; undefined without any. */
export function statusWords(
  jobs: readonly StatusJob[],
): { readonly text: string; readonly tooltip: string; readonly spoken: string } | undefined {
  const [first] = jobs;
  if (!first) return undefined;
  const lines = jobs.map(({ host, job, progress }) => {
    const facts = { host, isMine: true, isWatched: true, now: Date.now(), ...(progress ? { progress } : {}) };
    return [`${job.name} on ${host.name}: ${job.state}`, describeJob(job, facts)].filter(Boolean).join(" · ");
  });
  const tooltip = lines.join("\n");
  if (jobs.length > 1) {
    const running = jobs.filter(({ job }) => job.state === "running").length;
    const text = running === jobs.length ? `${jobs.length} jobs` : `${running}/${jobs.length} jobs run`;
    return { text: `$(play) ${text}`, tooltip, spoken: text };
  }
  const { job, progress } = first;
  const percent = progressPercent(progress);
  const words = job.state === "queued" ? "queued" : percent === undefined ? "" : `${percent} %`;
  const icon = job.state === "queued" ? "clock" : "play";
  // A name may hold what VS Code would take for an icon.
  const name = shortened(job.name).replaceAll("$(", "$ (");
  return {
    text: `$(${icon}) ${name}${words && ` ${words}`}`,
    tooltip,
    spoken: `Job ${job.name} ${words || job.state}`,
  };
}

const shortened = (name: string): string => (name.length > 30 ? `${name.slice(0, 29)}…` : name);
