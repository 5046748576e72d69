import type { Gpu } from "../../src/shared/gpu";
import type { GpuSeries, PanelHistory } from "../../src/shared/gpuPanel";
import type { ChartData } from "../lib/chart";
import { positionOf, seriesOf } from "./history";

type Column = readonly (number | null)[];

/** The last `minutes` of one GPU, cut out of the history. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly times: readonly number[];
  readonly utilization: Column;
  readonly power: Column;
  readonly temperature: Column;
  readonly throttled: Column;
  readonly memory: Column;
  readonly users: readonly { readonly name: string; readonly memory: Column }[];
}

/** Curves beyond these are one curve, "others". */
const NAMED_USERS = 5;

/** Cuts the window of so many minutes before `to` out; undefined where this GPU has no history yet. */
export function windowOf(
  history: PanelHistory,
  gpu: Pick<Gpu, "vendor" | "index">,
  to: number,
  minutes: number,
  me: string | undefined,
): Window | undefined {
  const series = seriesOf(history, gpu);
  if (!series || history.times.length === 0) return undefined;
  const from = to - minutes * 60_000;
  // One reading before the window, so that curves enter from its edge.
  const start = Math.max(0, positionOf(history.times, from) - 1);
  const cut = (column: Column) => column.slice(start);
  return {
    from,
    to,
    times: history.times.slice(start),
    utilization: cut(series.utilizationPercent),
    power: cut(series.powerWatts),
    temperature: cut(series.temperatureCelsius),
    throttled: cut(series.throttled),
    memory: cut(series.memoryUsedBytes),
    users: usersOf(series, cut, me),
  };
}

/** Users with memory in the window: the reader first, then by name, so that a curve keeps its place and colour. */
function usersOf(series: GpuSeries, cut: (column: Column) => Column, me: string | undefined): Window["users"] {
  const present = Object.entries(series.memoryByUser)
    .map(([name, column]) => ({ name, memory: cut(column) }))
    .filter(({ memory }) => memory.some((bytes) => bytes !== null && bytes > 0))
    .sort((a, b) => Number(b.name === me) - Number(a.name === me) || (a.name < b.name ? -1 : 1));
  return present.slice(0, NAMED_USERS);
}

/** Stacked sums for drawing: all memory in use first, then everybody but the last user, down to the first user alone. */
export function stackOf({ times, memory, users }: Window): Column[] {
  const sums: (number | null)[][] = [];
  let below: Column = times.map(() => null);
  for (const user of users) {
    const under = below;
    const sum = times.map((_, at) => {
      const own = user.memory[at] ?? null;
      const rest = under[at] ?? null;
      return own === null && rest === null ? null : (own ?? 0) + (rest ?? 0);
    });
    sums.unshift(sum);
    below = sum;
  }
  const top = times.map((_, at) => {
    const used = memory[at] ?? null;
    const named = below[at] ?? null;
    return used === null ? named : Math.max(used, named ?? 0);
  });
  return [top, ...sums];
}

/** Memory in use that no named user's process explains; undefined where the whole is not known. */
export function otherMemory({ memory, users }: Window, at: number): number | undefined {
  const used = memory[at] ?? undefined;
  if (used === undefined) return undefined;
  const named = users.reduce((sum, user) => sum + (user.memory[at] ?? 0), 0);
  return Math.max(0, used - named);
}

const largest = (column: Column) => column.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);

/** Data of the four charts, in their order on the page. */
export function chartsOf(
  window: Window,
  gpu: Gpu | undefined,
): Record<"utilization" | "memory" | "power" | "temperature", ChartData> {
  const { times, from, to } = window;
  const base = { times, from, to };
  const stack = stackOf(window);
  const limit = gpu?.powerLimitWatts;
  const highestPower = Math.max(largest(window.power), limit ?? 0);
  return {
    utilization: { ...base, columns: [window.utilization], max: 100 },
    memory: { ...base, columns: stack, max: gpu?.memoryTotalBytes ?? (largest(stack[0] ?? []) * 1.1 || 1) },
    power: {
      ...base,
      columns: [window.power, times.map(() => limit ?? null)],
      max: Math.max(50, Math.ceil((highestPower * 1.1) / 50) * 50),
    },
    temperature: {
      ...base,
      columns: [window.temperature],
      max: Math.max(100, largest(window.temperature)),
      marks: window.throttled,
    },
  };
}

/** One line of the table that stands for the charts. */
export interface Summary {
  readonly from: number;
  readonly to: number;
  readonly utilization: number | undefined;
  readonly memory: number | undefined;
  readonly users: readonly (number | undefined)[];
  readonly power: number | undefined;
  readonly temperature: number | undefined;
  /** Share of readings with held-down clocks, in percent. */
  readonly throttled: number | undefined;
}

/** The window in `lines` equal parts, newest first: means, and the highest temperature. */
export function summaries(window: Window, lines: number): Summary[] {
  const step = (window.to - window.from) / lines;
  return Array.from({ length: lines }, (_, line) => {
    const to = window.to - line * step;
    const from = to - step;
    // Parts are open at their start, so that the newest reading is in the first.
    const first = positionOf(window.times, from + 1);
    const end = positionOf(window.times, to + 1);
    const known = (column: Column) =>
      column.slice(first, end).filter((value): value is number => value !== null && value !== undefined);
    const mean = (column: Column) => {
      const values = known(column);
      return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    const temperatures = known(window.temperature);
    const throttled = mean(window.throttled);
    return {
      from,
      to,
      utilization: mean(window.utilization),
      memory: mean(window.memory),
      users: window.users.map((user) => mean(user.memory)),
      power: mean(window.power),
      temperature: temperatures.length === 0 ? undefined : Math.max(...temperatures),
      throttled: throttled === undefined ? undefined : throttled * 100,
    };
  });
}
