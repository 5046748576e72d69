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
}

export const POINTS = 2000;
export const SERIES = 24;

/** Collects series; a longer one is thinned, of more than 24 those that training is about stay. */
export function createMetricsReader(): MetricsReader {
  const all = new Map<string, Growing>();
  const whole = createSteps();

  function seriesOf(name: string, axis: Series["axis"]): Growing | undefined {
    const known = all.get(name);
    if (known) return known;
    if (all.size >= SERIES) {
      const other = isResultName(name) ? [...all.keys()].reverse().find((one) => !isResultName(one)) : undefined;
      if (other === undefined) return undefined;
      all.delete(other);
    }
    const fresh: Growing = { name, axis, points: [], stride: 1, count: 0, lastX: -1 };
    all.set(name, fresh);
    return fresh;
  }

  return {
    measured({ values, step, epoch, stepOf }) {
      const place = step !== undefined && stepOf !== undefined ? whole(step, stepOf) : step;
      const axis = place !== undefined ? "step" : epoch !== undefined ? "epoch" : "count";
      for (const [name, value] of values) {
        const series = seriesOf(name, axis);
        const told = series?.axis === "step" ? place : series?.axis === "epoch" ? epoch : undefined;
        if (series) add(series, told !== undefined && Number.isFinite(told) ? told : series.lastX + 1, value);
      }
    },
    current: () => [...all.values()].map(({ name, axis, points }) => ({ name, axis, points })),
  };
}

/** Counts steps on over epochs, for bars that begin anew in each; bars are told apart by their length. */
function createSteps(): (step: number, of: number) => number {
  const bars = new Map<number, { before: number; last: number }>();
  return (step, of) => {
    const bar = bars.get(of) ?? { before: 0, last: 0 };
    if (bars.size < SERIES) bars.set(of, bar);
    if (step < bar.last) bar.before += Math.max(of, bar.last);
    bar.last = step;
    return bar.before + step;
  };
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
