import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Curve } from "../lib/chart";
import { celsius, memory, percent, plainText, timeOfDay, watts } from "../lib/format";
import type { Palette } from "../lib/theme";
import { TimeChart } from "../lib/timeChart";
import { chartsOf, otherMemory, type Window } from "./chartData";
import type { Card } from "./model";

const LOAD: readonly Curve[] = [{ color: (palette) => palette.load, style: "area" }];
const POWER: readonly Curve[] = [...LOAD, { color: (palette) => palette.warning, style: "limit" }];
const TEMPERATURE: readonly Curve[] = [{ color: (palette) => palette.load, style: "line" }];

const memoryTick = (bytes: number) => `${Math.round(bytes / 1024 ** 3)} GB`;

interface Props {
  readonly window: ReadonlySignal<Window | undefined>;
  /** The same GPU for as long as these charts live. */
  readonly card: ReadonlySignal<Card | undefined>;
  readonly me: string | undefined;
  readonly palette: ReadonlySignal<Palette>;
}

/** Less than this is not worth a line of its own. */
const OTHER_BYTES = 50 * 2 ** 20;

/** Four charts over the same time with one cross-hair; the headings read what it points at, or the newest values. */
export function GpuCharts({ window, card, me, palette }: Props) {
  const cursor = useSignal<number | undefined>(undefined);
  const point = useMemo(
    () => (position: number | undefined) => {
      cursor.value = position;
    },
    [cursor],
  );
  const charts = useComputed(() => window.value && chartsOf(window.value, card.value?.gpu));
  const utilizationData = useComputed(() => charts.value?.utilization);
  const memoryData = useComputed(() => charts.value?.memory);
  const powerData = useComputed(() => charts.value?.power);
  const temperatureData = useComputed(() => charts.value?.temperature);
  const users = window.value?.users.map((user) => user.name) ?? [];
  const stack = useMemo(() => stackCurves(users.length), [users.length]);
  const shown = window.value;
  if (!shown) return <p class="hint">The charts fill as readings arrive.</p>;
  const at = cursor.value !== undefined && cursor.value < shown.times.length ? cursor.value : shown.times.length - 1;
  const time = shown.times[at];
  const common = { palette, onCursor: point, group: "gpu" };
  const limit = card.value?.gpu?.powerLimitWatts;
  const held = shown.throttled[at] === 1;
  return (
    <div class="charts">
      <TimeChart {...common} title="Utilization" curves={LOAD} format={percent} data={utilizationData}>
        <output class="chart-value">{percent(shown.utilization[at])}</output>
        <span class="chart-time">{time === undefined || time === shown.to ? "now" : timeOfDay(time)}</span>
      </TimeChart>
      <TimeChart {...common} title="Memory" curves={stack} stacked format={memoryTick} data={memoryData}>
        <output class="chart-value">{memory(shown.memory[at] ?? undefined)}</output>
        <ul class="legend">
          {shown.users.map((user, place) => (
            <li key={user.name}>
              <span class={`swatch swatch-${place}`} aria-hidden="true" />
              <span class="legend-name" title={plainText(user.name)}>
                {user.name === me ? "you" : plainText(user.name, 24)}
              </span>
              <span>{memory(user.memory[at] ?? undefined)}</span>
            </li>
          ))}
          {shown.users.length > 0 && (otherMemory(shown, at) ?? 0) >= OTHER_BYTES && (
            <li title="Held by the driver, by programs that draw, or by processes that do not show">
              <span class="swatch swatch-other" aria-hidden="true" />
              <span class="legend-name">other</span>
              <span>{memory(otherMemory(shown, at))}</span>
            </li>
          )}
        </ul>
      </TimeChart>
      <TimeChart {...common} title="Power" curves={POWER} format={watts} data={powerData}>
        <output class="chart-value">{watts(shown.power[at])}</output>
        {limit !== undefined && <span class="chart-note">limit {watts(limit)}</span>}
      </TimeChart>
      <TimeChart
        {...common}
        title="Temperature"
        timeLabels
        curves={TEMPERATURE}
        format={celsius}
        data={temperatureData}
      >
        <output class="chart-value">{celsius(shown.temperature[at])}</output>
        {held && <span class="chart-note">clocks held down</span>}
      </TimeChart>
    </div>
  );
}

/** Curves for `stackOf`: what nobody's process explains on top, then the users from last to first. */
function stackCurves(users: number): Curve[] {
  const named = Array.from(
    { length: users },
    (_, place): Curve => ({
      color: (palette) => palette.series[place] ?? palette.other,
      style: "area",
    }),
  );
  return [{ color: (palette) => palette.other, style: "area" }, ...named.reverse()];
}
