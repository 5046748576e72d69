import { describe, expect, it } from "vitest";
import type { PanelHistory } from "../../src/shared/gpuPanel";
import { chartsOf, stackOf, summaries, windowOf } from "../../webview-ui/gpu/chartData";
import { append, copyOf, HISTORY_MS } from "../../webview-ui/gpu/history";
import { columnsOf } from "../../webview-ui/gpu/sparkline";
import { GIB, gpu, historyOf, NOON, process, report } from "./samples";

const empty = (): PanelHistory => ({ times: [], gpus: [] });
const GAP = 3000;

function lengths(history: PanelHistory): number[] {
  return history.gpus.flatMap(({ index: _index, vendor: _vendor, memoryByUser, ...columns }) =>
    [...Object.values(columns), ...Object.values(memoryByUser)].map((column) => column.length),
  );
}

describe("append", () => {
  it("keeps every column as long as the times, also for GPUs and users that come and go", () => {
    const history = empty();
    append(history, { time: NOON, report: report({ gpus: [gpu(0)] }) }, GAP);
    append(
      history,
      {
        time: NOON + 1000,
        report: report({ gpus: [gpu(0), gpu(1)], processes: [process(1, { gpuIndex: 1, user: "bob" })] }),
      },
      GAP,
    );
    append(history, { time: NOON + 2000, report: report({ gpus: [], processes: [] }) }, GAP);
    expect(history.times).toHaveLength(3);
    expect(new Set(lengths(history))).toEqual(new Set([3]));
    expect(history.gpus[0]?.utilizationPercent).toEqual([98, 98, null]);
    expect(history.gpus[1]?.memoryByUser.bob).toEqual([null, 20 * GIB, null]);
  });

  it("leaves a gap where no readings came", () => {
    const history = empty();
    append(history, { time: NOON, report: report() }, GAP);
    append(history, { time: NOON + 60_000, report: report() }, GAP);
    expect(history.gpus[0]?.utilizationPercent).toEqual([98, null, 98]);
  });

  it("stays ascending when the clock is set back", () => {
    const history = empty();
    for (const time of [0, 1000, 2000, 500]) append(history, { time: NOON + time, report: report() }, GAP);
    expect(history.times).toEqual([NOON, NOON + 500]);
    expect(new Set(lengths(history))).toEqual(new Set([2]));
  });

  it("forgets what is older than ten minutes", () => {
    const history = historyOf(() => report());
    append(history, { time: NOON + 5000, report: report() }, GAP);
    expect(history.times[0]).toBeGreaterThanOrEqual(NOON + 5000 - HISTORY_MS);
  });

  it("survives a user called __proto__", () => {
    const history = empty();
    append(history, { time: NOON, report: report({ processes: [process(1, { user: "__proto__" })] }) }, GAP);
    expect(Object.keys(history.gpus[0]?.memoryByUser ?? {})).toEqual(["__proto__"]);
  });

  it("keeps two vendors' GPUs of one index apart, also after a history that does not", () => {
    const both = report({ gpus: [gpu(0), gpu(0, { vendor: "amd", utilizationPercent: 5 })], processes: [] });
    const history = historyOf(() => both, NOON, 1000, 1000);
    append(history, { time: NOON, report: both }, GAP);
    append(history, { time: NOON + 1000, report: both }, GAP);
    expect(history.gpus.map((series) => [series.vendor, series.utilizationPercent.slice(-2)])).toEqual([
      ["nvidia", [98, 98]],
      ["amd", [5, 5]],
    ]);
  });

  it("counts users without end together", () => {
    const history = empty();
    const processes = Array.from({ length: 100 }, (_, pid) => process(pid + 1, { user: `user${pid}`, memoryBytes: 1 }));
    append(history, { time: NOON, report: report({ processes }) }, GAP);
    const byUser = history.gpus[0]?.memoryByUser ?? {};
    expect(Object.keys(byUser)).toHaveLength(17);
    expect(byUser.others).toEqual([84]);
  });

  it("evens out columns that came too short", () => {
    const history = historyOf(() => report(), NOON, 1000, 3000);
    history.gpus[0]?.powerWatts.pop();
    expect(copyOf(history).gpus[0]?.powerWatts).toEqual([612, 612, null]);
  });
});

describe("charts", () => {
  const history = historyOf(() =>
    report({
      gpus: [gpu(0, { memoryUsedBytes: 70 * GIB })],
      processes: [
        process(1, { user: "zoe", memoryBytes: 10 * GIB }),
        process(2, { user: "bob", memoryBytes: 50 * GIB }),
      ],
    }),
  );
  const window = windowOf(history, gpu(0), NOON, 1, "zoe");
  if (!window) throw new Error("no window");

  it("stacks users below what no process explains, the reader at the bottom", () => {
    expect(window.users.map((user) => user.name)).toEqual(["zoe", "bob"]);
    expect(stackOf(window).map((column) => column[0])).toEqual([70 * GIB, 60 * GIB, 10 * GIB]);
  });

  it("shares one time axis and has a line for the power limit", () => {
    const charts = chartsOf(window, gpu(0));
    expect(new Set(Object.values(charts).map((chart) => chart.from))).toEqual(new Set([NOON - 60_000]));
    expect(charts.power.columns[1]?.[0]).toBe(700);
    expect(charts.power.max).toBeGreaterThan(700);
    expect(charts.memory.max).toBe(80 * GIB);
  });

  it("summarises a part without readings as unknown", () => {
    const lines = summaries({ ...window, from: NOON - 180_000 }, 3);
    expect(lines[0]?.utilization).toBe(98);
    expect(lines[2]).toMatchObject({ utilization: undefined, temperature: undefined, users: [undefined, undefined] });
  });

  it("has no window for a GPU without history", () => {
    expect(windowOf(history, gpu(5), NOON, 1, undefined)).toBeUndefined();
  });
});

it("draws nothing where nothing is known, and the highest value of a pixel elsewhere", () => {
  const times = [NOON - HISTORY_MS, NOON - HISTORY_MS / 2, NOON - 1000, NOON];
  expect(columnsOf(times, [10, null, 90, 20], 4)).toEqual([10, undefined, undefined, 90]);
});
