import { hasEnded } from "../../shared/jobs";
import { describeJob } from "./jobWords";
import type { JobTarget } from "./targets";

/** What is asked before jobs are deleted. Without a `question` none of them can be, and `detail` says why. */
export interface DeletionWords {
  readonly question?: string;
  readonly detail: string;
}

const mostNamed = 12;

export const jobsText = (count: number): string => (count === 1 ? "1 job" : `${count} jobs`);

/** Undefined where there is nothing to delete. `now`: milliseconds since the epoch. */
export function deletionWords(targets: readonly JobTarget[], now: number): DeletionWords | undefined {
  const ended = targets.filter(({ job }) => hasEnded(job));
  const going = targets.filter(({ job }) => !hasEnded(job)).map(({ job }) => job.name);
  const stays =
    going.length === 0
      ? undefined
      : going.length === 1
        ? `${going[0]} has not ended and stays. Stop it first to delete it.`
        : `${going.length} jobs have not ended and stay. Stop them first to delete them.`;
  const [first] = ended;
  if (!first) return stays === undefined ? undefined : { detail: stays };
  const hosts = [...new Set(ended.map(({ host }) => host.name))];
  const where = hosts.length <= 2 ? hosts.join(" and ") : `${hosts.length} hosts`;
  const isOne = ended.length === 1;
  const lines = ended.slice(0, mostNamed).map(({ host, job }) => {
    const place = hosts.length === 1 ? "" : ` on ${host.name}`;
    return `${job.name}${place} · ${describeJob(job, { host, isMine: true, isWatched: false, now })}`;
  });
  if (ended.length > mostNamed) lines.push(`and ${ended.length - mostNamed} more`);
  const lost = isOne
    ? "Its log, its copy of the code and what it left in $TENSORLINE_OUT will be gone."
    : "Their logs, their copies of the code and what they left in $TENSORLINE_OUT will be gone.";
  return {
    question: `Delete ${isOne ? first.job.name : jobsText(ended.length)} on ${where}?`,
    detail: [isOne ? undefined : lines.join("\n"), lost, stays].filter((part) => part !== undefined).join("\n\n"),
  };
}
