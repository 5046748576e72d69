import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { MetricSeries } from "../../src/shared/jobPanel";
import type { Curve } from "../lib/chart";
import { plainText, UNKNOWN } from "../lib/format";
import { Icon } from "../lib/icon";
import { type Palette, translucent } from "../lib/theme";
import { TimeChart } from "../lib/timeChart";
import { metricChart } from "./metricData";
import type { Store } from "./store";
import { metricValue, round } from "./words";

const CURVES: readonly Curve[] = [
  { color: (palette) => palette.load, style: "line" },
  { color: (palette) => translucent(palette.load, 35), style: "line" },
];

const position = (at: number) => round(at);
const tick = (value: number) => metricValue(Number(value.toPrecision(3)));
const logTick = (value: number) => tick(10 ** value);

/** One series over its steps, with the value under the pointer or the newest one. */
export function MetricChartView(props: { series: MetricSeries; store: Store; palette: ReadonlySignal<Palette> }) {
  const { series, store, palette } = props;
  const current = useSignal(series);
  current.value = series;
  const cursor = useSignal<number | undefined>(undefined);
  const point = useMemo(
    () => (at: number | undefined) => {
      cursor.value = at;
    },
    [cursor],
  );
  const { logScale, smoothing } = store.view;
  const chart = useComputed(() => metricChart(current.value, { logScale: logScale.value, smoothing: smoothing.value }));
  const data = useComputed(() => chart.value.data);
  const { values, broken, brokenAt, leftOut } = chart.value;
  const times = chart.value.data.times;
  const at = cursor.value !== undefined && cursor.value < times.length ? cursor.value : times.length - 1;
  const value = values[at];
  return (
    <TimeChart
      title={plainText(series.name, 60)}
      curves={CURVES}
      format={logScale.value ? logTick : tick}
      position={position}
      group="metrics"
      timeLabels
      data={data}
      palette={palette}
      onCursor={point}
    >
      <output class="chart-value">
        {value === null || value === undefined ? brokenWord(series, at) : metricValue(value)}
      </output>
      {broken > 0 && (
        <span class="chart-broken">
          <Icon name="warning" />
          {broken === 1 ? "1 value is" : `${broken} values are`} not a number, first at{" "}
          {series.axis === "count" ? "value" : series.axis} {brokenAt}
        </span>
      )}
      {leftOut > 0 && <span class="chart-note">{leftOut} not above zero, not drawn</span>}
      <span class="chart-time">
        {series.axis === "count" ? "value" : series.axis} {times[at] ?? UNKNOWN}
      </span>
    </TimeChart>
  );
}

function brokenWord({ points }: MetricSeries, at: number): string {
  const value = points[at]?.[1];
  return typeof value === "string" ? value : UNKNOWN;
}
