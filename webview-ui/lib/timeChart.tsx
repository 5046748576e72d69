import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Chart, type ChartData, type Curve, createChart } from "./chart";
import { useDrawing } from "./draw";
import type { Palette } from "./theme";

const HEIGHT_PX = 104;
const TIME_LABELS_PX = 22;

interface Props {
  readonly title: string;
  /** What the curves are worth now, or under the cross-hair. */
  readonly children: ComponentChildren;
  /** A chart is made anew when these change; keep them between renders. */
  readonly curves: readonly Curve[];
  readonly stacked?: boolean;
  /** Whether the time axis below it has labels. */
  readonly timeLabels?: boolean;
  readonly format: (value: number) => string;
  /** Of a position on the time axis; absent: how long before the end it is. */
  readonly position?: ((at: number) => string) | undefined;
  /** Charts of one group share the cross-hair. */
  readonly group: string;
  readonly data: ReadonlySignal<ChartData | undefined>;
  readonly palette: ReadonlySignal<Palette>;
  readonly onCursor: (position: number | undefined) => void;
}

/** One chart with its heading; the curves are drawn outside rendering. */
export function TimeChart(props: Props) {
  const {
    title,
    children,
    curves,
    stacked = false,
    timeLabels = false,
    format,
    position,
    group,
    data,
    palette,
    onCursor,
  } = props;
  const parent = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart | undefined>(undefined);
  const colors = palette.value;
  useEffect(() => {
    const element = parent.current;
    if (!element) return undefined;
    const height = HEIGHT_PX + (timeLabels ? TIME_LABELS_PX : 0);
    const options = { curves, stacked, format, position, group, height, timeLabels, onCursor };
    const made = createChart(element, colors, options);
    chart.current = made;
    showIn(made, data.peek(), curves);
    const observer = new ResizeObserver(() => made.resize(element.clientWidth));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = undefined;
    };
  }, [colors, curves, stacked, timeLabels, format, position, group, data, onCursor]);
  useDrawing(() => {
    showIn(chart.current, data.value, curves);
  });
  return (
    <figure class="chart" aria-label={title}>
      <figcaption>
        <span class="chart-title">{title}</span>
        {children}
      </figcaption>
      <div ref={parent} class="chart-canvas" aria-hidden="true" />
    </figure>
  );
}

/** Shows the data unless it has more or fewer curves: then a new chart is about to take this one's place. */
function showIn(chart: Chart | undefined, data: ChartData | undefined, curves: readonly Curve[]): void {
  if (data?.columns.length === curves.length) chart?.show(data);
}
