import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { JobGpuReadings } from "../../src/shared/jobPanel";
import { hasEnded, type Job } from "../../src/shared/jobs";
import type { ChartData, Curve } from "../lib/chart";
import { memory, memoryPair, percent, plainText, shortGpuName, timeOfDay, UNKNOWN } from "../lib/format";
import { Icon } from "../lib/icon";
import type { Palette } from "../lib/theme";
import { TimeChart } from "../lib/timeChart";
import { GpuTable } from "./gpuTable";
import { meanOverTime, peakOf } from "./lifeSums";
import type { Store } from "./store";
import { duration } from "./words";

const CURVES: readonly Curve[] = [{ color: (palette) => palette.load, style: "area" }];
const gigabytes = (bytes: number) => `${Math.round(bytes / 1024 ** 3)} GB`;

/** This job's GPUs over its life, as far as they were looked at. */
export function GpuTab({ store, palette }: { store: Store; palette: ReadonlySignal<Palette> }) {
  const readings = store.gpus.value;
  const job = store.panel.value?.job;
  if (!job) return <p class="hint">Reading the job…</p>;
  const none = (readings?.times.length ?? 0) === 0;
  return (
    <div class="gpus">
      {readings?.problem && (
        <p class="notice" data-tone="warning">
          <Icon name="warning" />
          <span>{plainText(readings.problem.message, 400)}</span>
        </p>
      )}
      {none || !readings ? (
        <p class="hint">{why(store)}</p>
      ) : (
        <>
          <p class="muted">{seenWords(job, readings.times[0] ?? 0)}</p>
          {readings.gpus.map((gpu, place) => (
            <OneGpu key={place} gpu={gpu} times={readings.times} palette={palette} old={hasEnded(job)} />
          ))}
          <GpuTable times={readings.times} gpus={readings.gpus} />
        </>
      )}
    </div>
  );
}

/** Since when something is known, and what is not. The host's clock may differ from ours a little. */
function seenWords({ startedAt, submittedAt }: Job, first: number): string {
  const unseen = (first - Date.parse(startedAt ?? submittedAt)) / 1000;
  const before = unseen >= 60 ? `, ${duration(unseen)} after the job began` : "";
  return `Seen from this computer since ${timeOfDay(first)}${before}. Where a curve has a gap, nobody looked.`;
}

function why(store: Store): string {
  const job = store.panel.value?.job;
  if (!job) return "";
  if (job.state === "queued") return "The job has no GPU yet.";
  if ((job.gpus ?? []).length === 0) return "This job uses no GPU that Tensorline knows of.";
  if (hasEnded(job))
    return "Nobody looked at its GPUs while it ran. They are read while VS Code is open and watches the job.";
  return "Reading the GPUs…";
}

interface OneProps {
  readonly gpu: JobGpuReadings;
  readonly times: readonly number[];
  readonly palette: ReadonlySignal<Palette>;
  /** The job has ended: the last readings are not how things are now. */
  readonly old: boolean;
}

function OneGpu({ gpu, times, palette, old }: OneProps) {
  const shown = useSignal({ gpu, times });
  shown.value = { gpu, times };
  const cursor = useSignal<number | undefined>(undefined);
  const point = useMemo(
    () => (at: number | undefined) => {
      cursor.value = at;
    },
    [cursor],
  );
  const chart = (column: readonly (number | null)[], max: number): ChartData => {
    const to = shown.value.times.at(-1) ?? 0;
    // A minute at least, so that the first readings do not fill the whole width.
    const from = Math.min(shown.value.times[0] ?? to, to - 60_000);
    return { times: shown.value.times, columns: [column], from, to, max };
  };
  const utilization = useComputed(() => chart(shown.value.gpu.utilizationPercent, 100));
  const used = useComputed(() =>
    chart(
      shown.value.gpu.memoryUsedBytes,
      shown.value.gpu.memoryTotalBytes ?? largest(shown.value.gpu.memoryUsedBytes),
    ),
  );
  const at = cursor.value !== undefined && cursor.value < times.length ? cursor.value : times.length - 1;
  const time = times[at];
  const when = time === undefined ? UNKNOWN : at === times.length - 1 ? "now" : timeOfDay(time);
  // How it stands now is nothing about a job that has ended.
  const isWhole = old && cursor.value === undefined;
  const utilizationNow = isWhole ? meanOverTime(times, gpu.utilizationPercent) : gpu.utilizationPercent[at];
  const memoryNow = (isWhole ? peakOf(gpu.memoryUsedBytes) : gpu.memoryUsedBytes[at]) ?? undefined;
  const position = old ? timeOfDay : undefined;
  const common = { palette, onCursor: point, group: "job-gpus", curves: CURVES, position };
  return (
    <section class="gpu-life" aria-label={`GPU ${gpu.index ?? UNKNOWN}`}>
      <h2>
        GPU {gpu.index ?? UNKNOWN} {gpu.name !== undefined && <span class="muted">{shortGpuName(gpu.name)}</span>}
      </h2>
      <div class="metric-charts">
        <TimeChart {...common} title="Utilization" format={percent} data={utilization} timeLabels>
          <output class="chart-value">{percent(utilizationNow)}</output>
          <span class="chart-time">{isWhole ? "mean" : when}</span>
        </TimeChart>
        <TimeChart {...common} title="Memory" format={gigabytes} data={used} timeLabels>
          <output class="chart-value">
            {gpu.memoryTotalBytes === undefined ? memory(memoryNow) : memoryPair(memoryNow, gpu.memoryTotalBytes)}
          </output>
          {isWhole && <span class="chart-time">peak</span>}
        </TimeChart>
      </div>
    </section>
  );
}

function largest(values: readonly (number | null)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), 1) * 1.1;
}
