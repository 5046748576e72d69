import { isResultName, type Measured } from "./pairs";

/** One line of a chart. */
export interface Series {
  readonly name: string;
  /** What the first number of each point counts; `count`: the how-manieth value it is. */
  readonly axis: "step" | "epoch" | "count";
  /** In the order in which they were told; NaN and Infinity as they are. */
  readonly points: readonly (readonly [number, number])[];
}

export interface MetricsReader {
  measured(measured: Measured): void;
  /** In the order in which they were first told. */
  current(): readonly Series[];
}

interface Growing {
  readonly name: string;
  readonly axis: Series["axis"];
  points: [number, number][];
  /** Of so many values one is kept. */
  stride: number;
  count: number;
  lastX: number;
  /** Steps of the epochs before, for steps that begin anew in each. */
  before: number;
  lastStep: number;
}

export const POINTS = 2000;
export const SERIES = 24;

/** Collects series; a longer one is thinned, of more than 24 those that training is about stay. */
export function createMetricsReader(): MetricsReader {
  const all = new Map<string, Growing>();

  function seriesOf(name: string, axis: Series["axis"]): Growing | undefined {
    const known = all.get(name);
    if (known) return known;
    if (all.size >= SERIES) {
      const other = isResultName(name) ? [...all.keys()].reverse().find((one) => !isResultName(one)) : undefined;
      if (other === undefined) return undefined;
      all.delete(other);
    }
    const fresh: Growing = { name, axis, points: [], stride: 1, count: 0, lastX: -1, before: 0, lastStep: 0 };
    all.set(name, fresh);
    return fresh;
  }

  return {
    measured({ values, step, epoch, stepOf }) {
      const axis = step !== undefined ? "step" : epoch !== undefined ? "epoch" : "count";
      for (const [name, value] of values) {
        const series = seriesOf(name, axis);
        if (series) add(series, placeOf(series, step, epoch, stepOf), value);
      }
    },
    current: () => [...all.values()].map(({ name, axis, points }) => ({ name, axis, points })),
  };
}

function placeOf(
  series: Growing,
  step: number | undefined,
  epoch: number | undefined,
  stepOf: number | undefined,
): number {
  const told = series.axis === "step" ? step : series.axis === "epoch" ? epoch : undefined;
  if (told === undefined || !Number.isFinite(told)) return series.lastX + 1;
  if (series.axis !== "step" || stepOf === undefined) return told;
  if (told < series.lastStep) series.before += Math.max(stepOf, series.lastStep);
  series.lastStep = told;
  return series.before + told;
}

function add(series: Growing, x: number, value: number): void {
  const { points } = series;
  const last = points.at(-1);
  series.lastX = x;
  // What is written over again and again says the same thing once.
  if (last && last[0] === x) {
    last[1] = value;
    return;
  }
  // The newest value always shows; it stays where it is one of those that are kept.
  if (last && (series.count - 1) % series.stride !== 0 && Number.isFinite(last[1])) points.pop();
  points.push([x, value]);
  series.count++;
  if (points.length > POINTS) {
    series.stride *= 2;
    series.points = thinned(points);
  }
}

/** Every second point, and the newest. */
function thinned(points: [number, number][]): [number, number][] {
  return points.filter((_, place) => place % 2 === 0 || place === points.length - 1);
}
