import type { Gpu } from "../../../shared/gpu";
import type { PanelHistory } from "../../../shared/gpuPanel";
import { showsUse } from "../../../shared/gpuUse";

/**
 * How long a GPU has been free, as far as the monitor has watched: milliseconds until `now`, both by the client's clock.
 * Undefined where it is not free by the last sample, or was never watched.
 */
export function freeMsOf(history: PanelHistory, now: number): (gpu: Gpu) => number | undefined {
  return (gpu) => {
    const series = history.gpus.find(
      ({ vendor, index }) => index === gpu.index && (vendor ?? gpu.vendor) === gpu.vendor,
    );
    if (!series) return undefined;
    let since: number | undefined;
    for (let at = history.times.length - 1; at >= 0; at--) {
      const memoryUsedBytes = series.memoryUsedBytes[at];
      const utilizationPercent = series.utilizationPercent[at] ?? 0;
      if (memoryUsedBytes == null || showsUse({ ...gpu, memoryUsedBytes, utilizationPercent })) break;
      since = history.times[at];
    }
    return since === undefined ? undefined : Math.max(0, now - since);
  };
}
