import type { JobGpuReadings } from "../../src/shared/jobPanel";
import { memory, percent, timeOfDay } from "../lib/format";

const ROWS = 10;

/** The GPUs' charts in text, for whoever cannot see them; the newest readings first. */
export function GpuTable({ times, gpus }: { times: readonly number[]; gpus: readonly JobGpuReadings[] }) {
  const step = Math.max(1, Math.floor(times.length / ROWS));
  const rows = Array.from({ length: Math.min(ROWS, times.length) }, (_, place) => times.length - 1 - place * step);
  return (
    <details class="as-table">
      <summary>As a table</summary>
      <div class="scroller">
        <table class="table">
          <caption>Readings, newest first</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {gpus.flatMap(({ index }, place) => [
                <th key={`u${place}`} scope="col" data-numeric="true">
                  GPU {index} utilization
                </th>,
                <th key={`m${place}`} scope="col" data-numeric="true">
                  GPU {index} memory
                </th>,
              ])}
            </tr>
          </thead>
          <tbody>
            {rows.map((at) => (
              <tr key={at}>
                <th scope="row">{timeOfDay(times[at] ?? 0)}</th>
                {gpus.flatMap((gpu, place) => [
                  <td key={`u${place}`} data-numeric="true">
                    {percent(gpu.utilizationPercent[at])}
                  </td>,
                  <td key={`m${place}`} data-numeric="true">
                    {memory(gpu.memoryUsedBytes[at] ?? undefined)}
                  </td>,
                ])}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
