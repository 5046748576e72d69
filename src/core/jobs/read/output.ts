import { type Alarms, createAlarmReader } from "./alarms";
import { createLines, HAS, type LineEnd } from "./lines";
import { createMetricsReader, type Series } from "./metrics";
import { mayMeasure, readMeasured } from "./pairs";
import { createProgressReader, type Progress } from "./progress";

/** Everything that is read from a job's output as it comes. Holds no output, only what was found. */
export interface OutputReader {
  /** Bytes of the log in their order; any split. */
  feed(chunk: Uint8Array): void;
  /** Between two chunks, or before the first one, bytes of the log were left out. */
  gap(): void;
  progress(): Progress | undefined;
  metrics(): readonly Series[];
  alarms(): Alarms;
  /** Milliseconds without output, once there are at least `afterMs`. */
  stalledFor(afterMs: number): number | undefined;
}

/** So many lines of a chunk that tell progress are looked at, the newest: older ones are out of date anyhow. */
const BARS = 128;
/** From so many lines of measurements on only every second one is read, from twice as many every fourth, … */
const MEASURED = 20_000;
/** … but for what is rare and matters. */
const rare = /nan|inf|val|test/i;

const mayStep = /\d\s*\/\s*\d|\d of \d|\d\s?%/;

/** `monotonic`: milliseconds that only grow; tells pace and silence. */
export function createOutputReader({ monotonic }: { monotonic(): number }): OutputReader {
  const progress = createProgressReader();
  const metrics = createMetricsReader();
  const alarms = createAlarmReader(monotonic());
  let bars: { text: string; end: LineEnd }[] = [];
  let candidates = 0;
  let stride = 1;

  const lines = createLines((text, end, has) => {
    if (((has & HAS.slash) !== 0 || text.includes(" of ")) && mayStep.test(text)) bars.push({ text, end });
    if (bars.length > 2 * BARS) bars = bars.slice(-BARS);
    if (end === "pending") return;
    if ((has & HAS.capital) !== 0) alarms.line(text);
    if (!mayMeasure(text)) return;
    candidates++;
    if (candidates > MEASURED * stride) stride *= 2;
    if (candidates % stride !== 0 && !rare.test(text)) return;
    const measured = readMeasured(text);
    if (!measured) return;
    metrics.measured(measured);
    alarms.measured(measured);
  });

  return {
    feed(chunk) {
      const now = monotonic();
      alarms.data(now);
      lines.feed(chunk);
      for (const { text, end } of bars.slice(-BARS)) progress.line(text, end, now);
      bars = [];
    },
    gap: lines.gap,
    progress: () => progress.current(monotonic()),
    metrics: metrics.current,
    alarms: alarms.current,
    stalledFor: (afterMs) => alarms.stalledFor(monotonic(), afterMs),
  };
}
