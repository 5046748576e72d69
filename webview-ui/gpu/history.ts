import type { Gpu } from "../../src/shared/gpu";
import type { GpuSeries, PanelHistory, PanelSample } from "../../src/shared/gpuPanel";
import { gpuOf } from "../../src/shared/gpuUse";

/** What the page remembers: ten minutes, longer than any range it draws. */
export const HISTORY_MS = 600_000;

/** Users with a curve of their own; more are counted together, as is memory of an unknown user. */
const MAX_USERS = 16;
const OTHERS = "others";

type Column = (number | null)[];

/** Drops what is older than the window or, after a clock was set back, newer than the newcomer. */
function trim(history: PanelHistory, newest: number): void {
  const { times, gpus } = history;
  const columns = gpus.flatMap(columnsOf);
  const oldest = newest - HISTORY_MS;
  let keep = times.length;
  while (keep > 0 && (times[keep - 1] ?? 0) >= newest) keep--;
  let drop = 0;
  while (drop < keep && (times[drop] ?? 0) < oldest) drop++;
  for (const column of [times, ...columns]) {
    column.length = keep;
    if (drop > 0) column.splice(0, drop);
  }
}

function columnsOf(series: GpuSeries): Column[] {
  const { utilizationPercent, memoryUsedBytes, powerWatts, temperatureCelsius, throttled, memoryByUser } = series;
  return [
    utilizationPercent,
    memoryUsedBytes,
    powerWatts,
    temperatureCelsius,
    throttled,
    ...Object.values(memoryByUser),
  ];
}

const nulls = (length: number): Column => new Array<null>(length).fill(null);

function emptySeries({ vendor, index }: Gpu, length: number): GpuSeries {
  return {
    vendor,
    index,
    utilizationPercent: nulls(length),
    memoryUsedBytes: nulls(length),
    powerWatts: nulls(length),
    temperatureCelsius: nulls(length),
    throttled: nulls(length),
    memoryByUser: {},
  };
}

/** Appends one tick in place. A pause longer than `gapMs` leaves a gap in the curves. */
export function append(history: PanelHistory, sample: PanelSample, gapMs: number): void {
  const { time, report } = sample;
  trim(history, time);
  const last = history.times.at(-1);
  if (last !== undefined && time - last > gapMs) pushNulls(history, last + 1);
  pushNulls(history, time);
  const at = history.times.length - 1;
  for (const gpu of report.gpus) {
    const series = claimSeries(history, gpu);
    series.utilizationPercent[at] = gpu.utilizationPercent ?? null;
    series.memoryUsedBytes[at] = gpu.memoryUsedBytes ?? null;
    series.powerWatts[at] = gpu.powerWatts ?? null;
    series.temperatureCelsius[at] = gpu.temperatureCelsius ?? null;
    series.throttled[at] = gpu.throttleReasons ? Number(gpu.throttleReasons.length > 0) : null;
    for (const user of Object.values(series.memoryByUser)) user[at] = 0;
  }
  for (const process of report.processes) {
    const gpu = gpuOf(process, report.gpus);
    if (!gpu || process.memoryBytes === undefined) continue;
    const byUser = claimSeries(history, gpu).memoryByUser;
    const known = process.user !== undefined && Object.hasOwn(byUser, process.user);
    const user = known || Object.keys(byUser).length < MAX_USERS ? (process.user ?? OTHERS) : OTHERS;
    if (!Object.hasOwn(byUser, user)) define(byUser, user, nulls(history.times.length));
    const column = byUser[user];
    if (column) column[at] = (column[at] ?? 0) + process.memoryBytes;
  }
}

/** A user may be called `__proto__`: defined, not assigned. */
function define(byUser: Record<string, Column>, user: string, column: Column): void {
  Object.defineProperty(byUser, user, { value: column, enumerable: true, writable: true, configurable: true });
}

function pushNulls(history: PanelHistory, time: number): void {
  history.times.push(time);
  for (const column of history.gpus.flatMap(columnsOf)) column.push(null);
}

/** The series of one GPU; undefined where there is none yet. */
export function seriesOf(
  history: PanelHistory,
  { vendor, index }: Pick<Gpu, "vendor" | "index">,
): GpuSeries | undefined {
  return history.gpus.find((one) => one.index === index && (one.vendor ?? vendor) === vendor);
}

/** The same, made when the GPU is first seen. A series that came without a vendor belongs to the GPU that asks first. */
function claimSeries(history: PanelHistory, gpu: Gpu): GpuSeries {
  const series = seriesOf(history, gpu) ?? emptySeries(gpu, history.times.length);
  series.vendor = gpu.vendor;
  if (!history.gpus.includes(series)) history.gpus.push(series);
  return series;
}

/** First position at or after `time`. */
export function positionOf(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A private copy to append to, with ragged columns (a sender's mistake) brought to one length. */
export function copyOf(history: PanelHistory): PanelHistory {
  const length = history.times.length;
  const even = (column: readonly (number | null)[]) => Array.from({ length }, (_, at) => column[at] ?? null);
  return {
    times: [...history.times],
    gpus: history.gpus.map((series) => {
      const memoryByUser: Record<string, Column> = {};
      for (const [user, column] of Object.entries(series.memoryByUser)) define(memoryByUser, user, even(column));
      return {
        vendor: series.vendor,
        index: series.index,
        utilizationPercent: even(series.utilizationPercent),
        memoryUsedBytes: even(series.memoryUsedBytes),
        powerWatts: even(series.powerWatts),
        temperatureCelsius: even(series.temperatureCelsius),
        throttled: even(series.throttled),
        memoryByUser,
      };
    }),
  };
}
