import { type ReadonlySignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Chart, type ChartData, type Curve, createChart } from "../lib/chart";
import type { Palette } from "../lib/theme";

const HEIGHT_PX = 116;

interface Props {
  readonly title: string;
  /** What the curves are worth now, or under the cross-hair. */
  readonly children: ComponentChildren;
  /** A chart is made anew when these change; keep them between renders. */
  readonly curves: readonly Curve[];
  readonly stacked?: boolean;
  readonly format: (value: number) => string;
  readonly data: ReadonlySignal<ChartData | undefined>;
  readonly palette: ReadonlySignal<Palette>;
  readonly onCursor: (position: number | undefined) => void;
}

/** One chart with its heading; the curves are drawn outside rendering. */
export function TimeChart({ title, children, curves, stacked = false, format, data, palette, onCursor }: Props) {
  const parent = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart | undefined>(undefined);
  const colors = palette.value;
  useEffect(() => {
    const element = parent.current;
    if (!element) return undefined;
    const made = createChart(element, colors, { curves, stacked, format, group: "gpu", height: HEIGHT_PX, onCursor });
    chart.current = made;
    const now = data.peek();
    if (now) made.show(now);
    const observer = new ResizeObserver(() => made.resize(element.clientWidth));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = undefined;
    };
  }, [colors, curves, stacked, format, data, onCursor]);
  useSignalEffect(() => {
    const next = data.value;
    if (next) chart.current?.show(next);
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
