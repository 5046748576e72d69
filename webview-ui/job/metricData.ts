import type { MetricSeries, MetricValue } from "../../src/shared/jobPanel";
import type { ChartData } from "../lib/chart";

/** One series as it is drawn. */
export interface MetricChart {
  readonly data: ChartData;
  /** The measured values themselves, null where none is a number or none can be drawn. */
  readonly values: readonly (number | null)[];
  /** How many values are no numbers: NaN, infinite. */
  readonly broken: number;
  /** Where the first of them is. */
  readonly brokenAt: number | undefined;
  /** Values that a logarithmic scale cannot show. */
  readonly leftOut: number;
}

export interface MetricLook {
  readonly logScale: boolean;
  /** 0 to 1: how much of a point comes from those before it. */
  readonly smoothing: number;
}

const isNumber = (value: MetricValue): value is number => typeof value === "number";

/** Two curves of a series: smoothed, then as measured (the same where nothing is smoothed). */
export function metricChart({ points }: MetricSeries, { logScale, smoothing }: MetricLook): MetricChart {
  // Programs that begin anew count steps from the beginning: what a chart needs is ascending.
  const sorted = [...points].sort(([a], [b]) => a - b);
  const times = sorted.map(([at]) => at);
  const measured = sorted.map(([, value]) => (isNumber(value) ? value : null));
  const drawn = measured.map((value) => {
    if (value === null || !logScale) return value;
    return value > 0 ? Math.log10(value) : null;
  });
  const smooth = smoothed(drawn, smoothing);
  const known = drawn.filter((value) => value !== null);
  const { min, max } = bounds(known);
  const marks = sorted.map(([, value]) => (isNumber(value) ? 0 : 1));
  const { from, to } = roundRange(times[0] ?? 0, times.at(-1) ?? 1);
  return {
    data: { times, columns: [smooth, drawn], from, to, min, max, marks },
    values: measured,
    broken: marks.filter((mark) => mark === 1).length,
    brokenAt: times[marks.indexOf(1)],
    leftOut: logScale ? measured.filter((value) => value !== null && value <= 0).length : 0,
  };
}

/** An exponential mean that is right from its first value on; gaps stay, and do not count. */
export function smoothed(values: readonly (number | null)[], weight: number): (number | null)[] {
  let mean = 0;
  let mass = 0;
  return values.map((value) => {
    if (value === null) return null;
    mean = weight * mean + (1 - weight) * value;
    mass = weight * mass + (1 - weight);
    return mass === 0 ? value : mean / mass;
  });
}

const DIGITS = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 12.5, 15, 20];

/** A range around both whose quarters are round numbers; it begins at zero where that is not far. */
export function roundRange(first: number, last: number): { from: number; to: number } {
  const start = first >= 0 && first < last - first ? 0 : first;
  const quarter = Math.max(last - start, 1e-9) / 4;
  const scale = 10 ** Math.floor(Math.log10(quarter));
  for (const digit of DIGITS) {
    const step = digit * scale;
    const from = Math.floor(start / step) * step;
    if (from + 4 * step >= last) return { from, to: from + 4 * step };
  }
  return { from: start, to: last };
}

/** A little room above and below, so that no curve runs along the frame. */
function bounds(values: readonly number[]): { min: number; max: number } {
  if (values.length === 0) return { min: 0, max: 1 };
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const room = high === low ? Math.abs(high) * 0.1 || 1 : (high - low) * 0.08;
  return { min: low - room, max: high + room };
}

/** So many points of a series, evenly chosen, the newest first. */
export function tableRows({ points }: MetricSeries, most: number): readonly (readonly [number, MetricValue])[] {
  const step = Math.max(1, (points.length - 1) / (most - 1));
  const rows = Array.from(
    { length: Math.min(points.length, most) },
    (_, place) => points[points.length - 1 - Math.round(place * step)],
  );
  return rows.filter((row) => row !== undefined);
}
