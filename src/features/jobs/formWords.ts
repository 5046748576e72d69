import type { LaunchProgress } from "../../core/jobs/launch/launch";

/** What a launch is doing, and how far its transfer is. */
export function progressWords({ step, transfer }: LaunchProgress): string {
  if (!transfer || transfer.totalBytes === 0) return step;
  return `${step}, ${Math.floor((100 * transfer.doneBytes) / transfer.totalBytes)} %`;
}
