import type { HostReport } from "../../shared/gpu";
import type { HostRef } from "../ports";
import type { GpuWatches } from "./watch";

/** One whole report of a host, because somebody asked for it: metrics, processes, host facts and slow details. Rejects with the host's failure. */
export async function firstReport(watches: GpuWatches, host: HostRef, signal: AbortSignal): Promise<HostReport> {
  const watch = watches.watch(host, 1000, { explicit: true });
  try {
    return await watch.whole(signal);
  } finally {
    watch.dispose();
  }
}
