import type { Job } from "../../shared/jobs";

/** A list with newer words of some jobs and without those that are gone; newest first. */
export function withJobs(known: readonly Job[], news: readonly Job[], gone: readonly string[]): readonly Job[] {
  const jobs = new Map([...known, ...news].map((job) => [job.id, job]));
  for (const id of gone) jobs.delete(id);
  return [...jobs.values()].sort(newestFirst);
}

/** By the host's clock; what began in the same second by id, so that the order is the same each time. */
export function newestFirst(a: Job, b: Job): number {
  return b.submittedAt.localeCompare(a.submittedAt) || (a.id < b.id ? -1 : 1);
}
