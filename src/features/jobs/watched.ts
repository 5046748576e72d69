import * as v from "valibot";
import type { HostJobs } from "../../core/jobs/jobs";
import { type HostRef, hostId } from "../../core/ports";
import { hasEnded, type Job } from "../../shared/jobs";

/** What is said at most once while a job runs. */
const OnceSchema = v.picklist(["badLoss", "stalled"]);

/** A job whose end somebody wants to hear of. Kept on this computer, shared by all windows. */
const WatchedJobSchema = v.object({
  host: v.object({ name: v.string(), configFile: v.optional(v.string()) }),
  id: v.string(),
  name: v.string(),
  /** Since when, by this computer's clock; ISO 8601 UTC. */
  since: v.string(),
  told: v.array(OnceSchema),
});

/** The text of the file `watchedJobs.json`. */
export const WatchedFileSchema = v.object({ version: v.literal(1), jobs: v.array(WatchedJobSchema) });

export interface WatchedJob {
  readonly host: HostRef;
  readonly id: string;
  readonly name: string;
  readonly since: string;
  readonly told: readonly v.InferOutput<typeof OnceSchema>[];
}

/** What there is to say about a watched job. `gone`: somebody removed it; nothing is said, it is watched no more. */
export type News =
  | { readonly kind: "ended"; readonly job: Job }
  | { readonly kind: "gone" }
  | { readonly kind: "badLoss"; readonly job: Job; readonly value: string }
  | { readonly kind: "stalled"; readonly job: Job; readonly silentMs: number };

/** What a window knows of a watched job at a moment. */
export interface Sight {
  readonly state: HostJobs;
  /** The first loss that is no number. */
  readonly badLoss?: string;
  /** Milliseconds without output, where the host was connected all the time. */
  readonly silentMs?: number;
}

/** A list that is older than this may not have the job yet. */
const settledMs = 60_000;

/** What to tell now, if anything. `stalledAfterMs`: undefined where silence is nothing to tell. */
export function newsOf(watched: WatchedJob, sight: Sight, stalledAfterMs: number | undefined): News | undefined {
  const { jobs, readAt, problem } = sight.state;
  if (!jobs) return undefined;
  const job = jobs.find(({ id }) => id === watched.id);
  if (!job) {
    const isRead = problem === undefined && readAt !== undefined;
    return isRead && readAt > Date.parse(watched.since) + settledMs ? { kind: "gone" } : undefined;
  }
  if (hasEnded(job)) return { kind: "ended", job };
  if (job.state !== "running") return undefined;
  const { badLoss, silentMs } = sight;
  if (badLoss !== undefined && !watched.told.includes("badLoss")) return { kind: "badLoss", job, value: badLoss };
  const isStalled = stalledAfterMs !== undefined && silentMs !== undefined && silentMs >= stalledAfterMs;
  return isStalled && !watched.told.includes("stalled") ? { kind: "stalled", job, silentMs } : undefined;
}

export const isSame = (a: Pick<WatchedJob, "host" | "id">, b: Pick<WatchedJob, "host" | "id">): boolean =>
  a.id === b.id && hostId(a.host) === hostId(b.host);

/** Adds a job, or leaves it as it is watched already. */
export function withWatched(jobs: readonly WatchedJob[], added: WatchedJob): readonly WatchedJob[] {
  return jobs.some((job) => isSame(job, added)) ? jobs : [...jobs, added];
}

/**
 * The list after the news were told; undefined where another window told them already.
 * What has ended or is gone is watched no more.
 */
export function afterTelling(
  jobs: readonly WatchedJob[],
  watched: WatchedJob,
  { kind }: News,
): readonly WatchedJob[] | undefined {
  const known = jobs.find((job) => isSame(job, watched));
  if (!known) return undefined;
  if (kind === "ended" || kind === "gone") return jobs.filter((job) => job !== known);
  if (known.told.includes(kind)) return undefined;
  return jobs.map((job) => (job === known ? { ...known, told: [...known.told, kind] } : job));
}

/** Without those that nobody will hear of any more: older than `keptMs`. */
export function withoutStale(jobs: readonly WatchedJob[], now: number, keptMs: number): readonly WatchedJob[] {
  return jobs.filter(({ since }) => now - Date.parse(since) < keptMs);
}
