import { posix } from "node:path";
import type { Problem } from "../../core/failure";
import { readLaunch } from "../../core/jobs/launch/keptLaunch";
import type { ExplainedJob } from "../../core/tensors/explainJob";
import { sentence } from "../../core/words";
import type { JobExplanation, MetricSeries, MetricValue } from "../../shared/jobPanel";
import type { JobSettings } from "../../shared/jobSettings";
import type { CodePlace, ModelLayer } from "../../shared/tensors";
import type { NumberSeries } from "./jobReaders";
import type { SourceLine } from "./open";

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

/** As the page shows it: an absolute file where that is known. */
export function wireExplanation({ explanation, folder }: ExplainedJob): JobExplanation {
  const { summary, message, rule, expression, location, operands, layers, fixes, rank, others } = explanation;
  return {
    summary,
    message,
    rule,
    ...(expression === undefined ? {} : { expression }),
    ...(location ? { location: wirePlace(location, folder) } : {}),
    operands: operands.map(({ shape, clash, ...operand }) => ({
      ...operand,
      shape: [...shape],
      ...(clash ? { clash: [...clash] } : {}),
    })),
    layers: layers.map(layerText),
    fixes: fixes.map(({ text }) => text),
    ...(rank === undefined ? {} : { rank }),
    others,
    isGuess: explanation.confidence < 0.5,
  };
}

/** Where a failure is, as a job's output would name it. */
export function wirePlace({ file, line, column }: CodePlace, folder: string | undefined) {
  const path = folder === undefined || file.startsWith("<") ? file : posix.resolve(folder, file);
  return { file: path, line, ...(column === undefined ? {} : { column }) };
}

/** The same for whoever opens it: lines and columns from 1; undefined where nobody knows it. */
export function failedPlace({ explanation, folder }: ExplainedJob): SourceLine | undefined {
  if (!explanation.location) return undefined;
  const { file, line, column } = wirePlace(explanation.location, folder);
  return { path: file, line, ...(column === undefined ? {} : { column: column + 1 }) };
}

function layerText({ path, type, sizes }: ModelLayer, at: number, all: readonly ModelLayer[]): string {
  const name = path === "" ? type : (path.split(".").at(-1) ?? path);
  if (at < all.length - 1) return name;
  return `${name === type ? name : `${name}: ${type}`}${sizes === undefined ? "" : `(${sizes})`}`;
}

/** What the client gave the job to remember; undefined where it cannot be read any more. */
export function settingsIn(text: string | undefined): JobSettings | undefined {
  return text === undefined ? undefined : readLaunch(text)?.settings;
}
