import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Gpu } from "../../src/shared/gpu";
import { useDrawing } from "../lib/draw";
import { type Palette, translucent } from "../lib/theme";
import { HISTORY_MS, seriesOf } from "./history";
import type { Store } from "./store";

/** Ten minutes of utilization, drawn outside rendering. The number beside it and the charts' table say it in text. */
export function Sparkline({ store, palette, gpu }: { store: Store; palette: ReadonlySignal<Palette>; gpu: Gpu }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  // Measured when it changes, not when drawn: asking after every change of the page would lay it out each time.
  const size = useSignal({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => {
      size.value = { width: element.clientWidth, height: element.clientHeight };
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [size]);
  useDrawing(() => {
    store.tick.value;
    const history = store.history();
    const values = seriesOf(history, gpu)?.utilizationPercent ?? [];
    if (canvas.current) draw(canvas.current, size.value, history.times, values, palette.value);
  });
  return (
    <span class="sparkline" aria-hidden="true">
      <canvas ref={canvas} />
    </span>
  );
}

/** The highest value of each pixel column; undefined where the column has none. */
export function columnsOf(
  times: readonly number[],
  values: readonly (number | null)[],
  width: number,
): (number | undefined)[] {
  const columns = new Array<number | undefined>(width).fill(undefined);
  const start = (times.at(-1) ?? 0) - HISTORY_MS;
  for (let at = 0; at < times.length; at++) {
    const value = values[at];
    const column = Math.min(width - 1, Math.floor((((times[at] ?? 0) - start) / HISTORY_MS) * width));
    if (value === null || value === undefined || column < 0) continue;
    columns[column] = Math.max(columns[column] ?? 0, value);
  }
  return columns;
}

function draw(
  canvas: HTMLCanvasElement,
  size: { readonly width: number; readonly height: number },
  times: readonly number[],
  values: readonly (number | null)[],
  palette: Palette,
): void {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round(size.width * ratio);
  const height = Math.round(size.height * ratio);
  const context = canvas.getContext("2d");
  if (!context || width === 0 || height === 0) return;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  context.clearRect(0, 0, width, height);
  const line = Math.max(1, Math.round(ratio));
  const heights = columnsOf(times, values, width).map((value) =>
    value === undefined ? undefined : Math.round((value / 100) * (height - line)),
  );
  context.fillStyle = translucent(palette.load, 25);
  heights.forEach((tall, x) => {
    if (tall !== undefined) context.fillRect(x, height - tall, 1, tall);
  });
  context.fillStyle = palette.load;
  let previous: number | undefined;
  heights.forEach((tall, x) => {
    if (tall === undefined) return;
    const from = Math.min(tall, previous ?? tall);
    context.fillRect(
      x,
      height - Math.max(tall, previous ?? tall) - line,
      1,
      Math.max(tall, previous ?? tall) - from + line,
    );
    previous = tall;
  });
}
