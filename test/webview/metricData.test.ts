import { describe, expect, it } from "vitest";
import type { MetricSeries } from "../../src/shared/jobPanel";
import { metricChart, roundRange, smoothed, tableRows } from "../../webview-ui/job/metricData";
import { duration, fileSize, metricValue, rateOf } from "../../webview-ui/job/words";
import { solid } from "../../webview-ui/lib/terminal/terminalTheme";

const series = (points: MetricSeries["points"]): MetricSeries => ({ name: "loss", axis: "step", points });

describe("a metric's chart", () => {
  it("draws numbers, leaves gaps and marks what is none", () => {
    const chart = metricChart(
      series([
        [1, 2],
        [2, "NaN"],
        [3, "Infinity"],
        [4, 1],
      ]),
      { logScale: false, smoothing: 0 },
    );
    expect(chart.data.columns).toEqual([
      [2, null, null, 1],
      [2, null, null, 1],
    ]);
    expect(chart.data.marks).toEqual([0, 1, 1, 0]);
    expect([chart.broken, chart.brokenAt]).toEqual([2, 2]);
    expect(chart.data.min).toBeLessThan(1);
    expect(chart.data.max).toBeGreaterThan(2);
  });

  it("is logarithmic where a logarithm is, and says what it leaves out", () => {
    const chart = metricChart(
      series([
        [1, 100],
        [2, 0],
        [3, -5],
        [4, 0.01],
      ]),
      { logScale: true, smoothing: 0 },
    );
    expect(chart.data.columns[1]).toEqual([2, null, null, -2]);
    expect([chart.leftOut, chart.broken]).toEqual([2, 0]);
    expect(chart.values).toEqual([100, 0, -5, 0.01]);
  });

  it("is in order although the program began anew", () => {
    const chart = metricChart(
      series([
        [5, 1],
        [6, 2],
        [1, 3],
      ]),
      { logScale: false, smoothing: 0 },
    );
    expect([chart.data.times, chart.values]).toEqual([
      [1, 5, 6],
      [3, 1, 2],
    ]);
  });

  it("draws one value, none, and the same all the time", () => {
    for (const points of [
      [],
      [[3, 7]],
      [
        [1, 0],
        [2, 0],
      ],
    ] as MetricSeries["points"][]) {
      const { min = 0, max, from, to } = metricChart(series(points), { logScale: false, smoothing: 0.5 }).data;
      expect(max).toBeGreaterThan(min);
      expect(to).toBeGreaterThan(from);
    }
  });

  it("smooths without a bias to zero at the beginning, and over gaps", () => {
    expect(smoothed([4, 4, 4], 0.9).map((value) => value?.toFixed(6))).toEqual(["4.000000", "4.000000", "4.000000"]);
    expect(smoothed([1, null, 3], 0)).toEqual([1, null, 3]);
    expect(smoothed([0, null, 1], 0.5)[2]).toBeCloseTo(2 / 3);
  });

  it.each([
    [50, 4500, 0, 5000],
    [1, 10, 0, 10],
    [1000, 1040, 1000, 1040],
    [0, 3, 0, 3],
  ])("has an axis of round numbers from %d to %d", (first, last, from, to) => {
    expect(roundRange(first, last)).toEqual({ from, to });
  });

  it("has a table with the newest first", () => {
    const rows = tableRows(series(Array.from({ length: 100 }, (_, at) => [at, at * 2])), 5);
    expect(rows.map(([at]) => at)).toEqual([99, 74, 49, 25, 0]);
    expect(tableRows(series([[1, "NaN"]]), 5)).toEqual([[1, "NaN"]]);
  });
});

describe("words and colours of the page", () => {
  it("are short and keep their unit", () => {
    expect([0, 850, 12_400, 1_020_000_000].map(fileSize)).toEqual(["0 B", "850 B", "12.4 kB", "1.02 GB"]);
    expect([-3, 42, 725, 11_520, 187_200].map(duration)).toEqual([
      "0 s",
      "42 s",
      "12 min 5 s",
      "3 h 12 min",
      "2 d 4 h",
    ]);
    expect([duration(undefined), fileSize(undefined), duration(Number.NaN)]).toEqual(["–", "–", "–"]);
    expect([36.5, 0.25, 0.005, 0, undefined].map(rateOf)).toEqual([
      "36.5 a second",
      "4 s each",
      "3 min 20 s each",
      undefined,
      undefined,
    ]);
    expect([0, 0.0123456, 0.00003, 1240.4].map(metricValue)).toEqual(["0", "0.01235", "3.00e-5", "1240"]);
  });

  it("are opaque for the search", () => {
    expect(solid("#ff000080", "#000000")).toBe("#800000");
    expect(solid("#abc", "#000000")).toBe("#aabbcc");
    expect(solid("rgba(255, 255, 255, 0.5)", "#000000")).toBe("#808080");
    expect(solid("color-mix(in srgb, red, blue)", "#123456")).toBe("#123456");
  });
});
