import type { Problem } from "../../core/failure";
import { readLaunch } from "../../core/jobs/launch/keptLaunch";
import { sentence } from "../../core/words";
import type { MetricSeries, MetricValue } from "../../shared/jobPanel";
import type { JobSettings } from "../../shared/jobSettings";
import type { NumberSeries } from "./jobReaders";

/** As the page is told it: a sentence for people. */
export function wireProblem(problem: Problem): { reason: string; message: string } {
  return { reason: problem.reason, message: sentence(problem) };
}

/** A number as JSON can carry it. */
export function wireValue(value: number): MetricValue {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "Infinity" : "-Infinity";
}

export function wireSeries(series: readonly NumberSeries[]): MetricSeries[] {
  return series.map(({ name, axis, points }) => ({
    name,
    axis,
    points: points.map(([at, value]) => [at, wireValue(value)]),
  }));
}

/** What the client gave the job to remember; undefined where it cannot be read any more. */
export function settingsIn(text: string | undefined): JobSettings | undefined {
  return text === undefined ? undefined : readLaunch(text)?.settings;
}
