import uPlot from "uplot";
import { type Palette, translucent } from "./theme";

/** Values over time, null where unknown. `times` are milliseconds since the epoch, ascending; columns belong to `Curve`s in order. */
export interface ChartData {
  readonly times: readonly number[];
  readonly columns: readonly (readonly (number | null)[])[];
  /** The window drawn. */
  readonly from: number;
  readonly to: number;
  /** Top of the value axis. */
  readonly max: number;
  /** Its bottom; absent: zero. */
  readonly min?: number;
  /** 1 where a mark stands on the time axis. */
  readonly marks?: readonly (number | null)[];
}

export interface Curve {
  readonly color: (palette: Palette) => string;
  readonly style: "line" | "area" | "limit";
}

export interface ChartOptions {
  readonly curves: readonly Curve[];
  /** Each curve is drawn on top of the ones after it: give the sum of all first. */
  readonly stacked: boolean;
  /** Of a value at the axis. */
  readonly format: (value: number) => string;
  /** Of a position on the time axis, which may be something else than time; absent: how long before the end it is. */
  readonly position?: ((at: number) => string) | undefined;
  /** Charts with the same key share the cross-hair. */
  readonly group: string;
  readonly height: number;
  /** Whether the time axis has labels; of charts below each other only the last needs them. */
  readonly timeLabels: boolean;
  /** Told the position under the cross-hair, undefined when it leaves. */
  readonly onCursor: (position: number | undefined) => void;
}

export interface Chart {
  show(data: ChartData): void;
  resize(width: number): void;
  destroy(): void;
}

const AXIS_WIDTH = 52;
const MARK_HEIGHT = 4;

/** A time chart that ends now: its grid stands still while the curves move. */
export function createChart(parent: HTMLElement, palette: Palette, options: ChartOptions): Chart {
  let data: ChartData | undefined;
  const font = `11px ${getComputedStyle(document.body).fontFamily || "sans-serif"}`;
  const label = options.position ?? ((at: number) => beforeNow((data?.to ?? at) - at));
  const axis: uPlot.Axis = {
    stroke: palette.muted,
    font,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { show: false },
  };
  const plot = new uPlot(
    {
      width: Math.max(parent.clientWidth, 120),
      height: options.height,
      ms: 1,
      padding: [8, 14, options.timeLabels ? 2 : 8, 0],
      legend: { show: false },
      cursor: {
        y: false,
        sync: { key: options.group },
        drag: { x: false, y: false },
        points: { show: false },
      },
      scales: {
        x: { time: true, range: () => [data?.from ?? 0, data?.to ?? 1] },
        y: { range: () => [data?.min ?? 0, data?.max ?? 1] },
      },
      axes: [
        {
          ...axis,
          size: options.timeLabels ? 22 : 0,
          gap: 6,
          splits: (_plot, _axis, from, to) => quarters(from, to),
          values: (_plot, splits) => splits.map((at) => (options.timeLabels ? label(at) : "")),
        },
        {
          ...axis,
          size: AXIS_WIDTH,
          gap: 6,
          splits: (_plot, _axis, low, high) => [low, (low + high) / 2, high],
          values: (_plot, splits) => splits.map(options.format),
        },
      ],
      series: [{}, ...options.curves.map((curve) => seriesOf(curve, palette, options.stacked))],
      bands: options.stacked ? options.curves.slice(1).map((_, place) => ({ series: [place + 1, place + 2] })) : [],
      hooks: {
        setCursor: [(self) => options.onCursor(self.cursor.idx ?? undefined)],
        draw: [(self) => drawMarks(self, data, palette)],
      },
    },
    [[], ...options.curves.map(() => [])],
    parent,
  );
  return {
    show(next) {
      data = next;
      // In a batch uPlot draws at once, before the page's text changes: drawing text later would lay the page out first.
      plot.batch(() => plot.setData([[...next.times], ...next.columns.map((column) => [...column])]));
    },
    resize: (width) => plot.setSize({ width: Math.max(width, 120), height: options.height }),
    destroy: () => plot.destroy(),
  };
}

function seriesOf({ color, style }: Curve, palette: Palette, stacked: boolean): uPlot.Series {
  const stroke = color(palette);
  return {
    stroke,
    width: style === "limit" ? 1 : 1.5,
    dash: style === "limit" ? [4, 4] : undefined,
    fill: style === "area" ? translucent(stroke, stacked ? 35 : 20) : undefined,
    points: { show: false },
  };
}

function quarters(from: number, to: number): number[] {
  return [0, 1, 2, 3, 4].map((quarter) => from + ((to - from) * quarter) / 4);
}

/** `-3 h`, `-5 min`, `-2.5 min`, `-15 s`, `now` */
function beforeNow(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds === 0) return "now";
  if (seconds < 60) return `\u2212${seconds} s`;
  if (seconds < 7200) return `\u2212${Number((seconds / 60).toFixed(1))} min`;
  return `\u2212${Number((seconds / 3600).toFixed(1))} h`;
}

/** Blocks on the time axis wherever `marks` is 1. */
function drawMarks(plot: uPlot, data: ChartData | undefined, palette: Palette): void {
  if (!data?.marks) return;
  const { ctx, bbox } = plot;
  const tall = MARK_HEIGHT * devicePixelRatio;
  ctx.save();
  ctx.fillStyle = palette.warning;
  data.marks.forEach((mark, at) => {
    const time = data.times[at];
    if (mark !== 1 || time === undefined) return;
    const left = plot.valToPos(time, "x", true);
    const right = plot.valToPos(data.times[at + 1] ?? data.to, "x", true);
    ctx.fillRect(left, bbox.top + bbox.height - tall, Math.max(1, right - left), tall);
  });
  ctx.restore();
}
