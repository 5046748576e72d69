import type { Job } from "../../shared/jobs";
import type { Explanation, RunRecord } from "../../shared/tensors";
import type { Jobs } from "../jobs/jobs";
import type { HostRef } from "../ports";
import { explainRecords, explainText } from "./explain";

/** Why a job failed, and where on its host the relative files of that are. */
export interface ExplainedJob {
  readonly explanation: Explanation;
  /** What its Pythons recorded; empty where its log alone was explained. */
  readonly records: readonly RunRecord[];
  readonly folder?: string;
}

/** What ended a program stands at the end of its log. */
const tailBytes = 64 * 1024;

/** Whether tensors may be why it ended: it failed, and neither its supervisor nor a scheduler knows a reason of their own. */
export function mayBeExplained({ state, reason }: Pick<Job, "state" | "reason">): boolean {
  const isOpen = reason === undefined || ["exitCode", "signal", "gpuOutOfMemory"].includes(reason);
  return state === "failed" && isOpen;
}

/**
 * Explains a job that failed: by what its Pythons recorded, else by the end of its log, as where the hook was off or the program
 * ran in a container. Undefined where that is not about tensors.
 * @throws Failure
 */
export async function explainJob(
  jobs: Pick<Jobs, "records" | "readLog">,
  host: HostRef,
  job: Job,
  signal: AbortSignal,
): Promise<ExplainedJob | undefined> {
  if (!mayBeExplained(job)) return undefined;
  const records = await jobs.records(host, job.id, signal);
  const exact = explainRecords(records);
  const folder = (records.find(({ rank }) => rank?.rank === exact?.rank) ?? records[0])?.folder ?? job.folder;
  const place = folder?.startsWith("/") ? { folder } : {};
  if (exact) return { explanation: exact, records, ...place };
  const from = Math.max(0, (job.logBytes ?? 0) - tailBytes);
  const tail = await jobs.readLog(host, job.id, from, tailBytes, signal);
  const guessed = explainText(new TextDecoder().decode(tail));
  return guessed && { explanation: guessed, records: [], ...place };
}
