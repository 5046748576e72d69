import * as v from "valibot";
import type { Problem } from "../../core/failure";
import { sentence } from "../../core/words";
import type { MetricSeries, MetricValue } from "../../shared/jobPanel";
import { type JobSettings, JobSettingsSchema } from "../../shared/jobSettings";
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
  if (text === undefined) return undefined;
  try {
    const parsed = v.safeParse(JobSettingsSchema, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
