import type { Explanation, RunRecord } from "../../shared/tensors";
import { cleanLines } from "./clean";
import { explainFailure, type Outcome } from "./explainFailure";
import { readTracebacks } from "./traceback";

/** Texts can be whole logs; what ended a program stands at their end. */
const maximumLength = 512 * 1024;

/** What one rank or process left. */
interface Run {
  readonly rank?: number;
  readonly failed: boolean;
  /** With something by which they can be put in the order of time. */
  readonly outcomes: readonly (Outcome & { readonly at: number })[];
}

/**
 * What failed and why, from the records of one run. Of several ranks or processes the first cause in time is explained; what only
 * follows from it (a lost peer, SIGTERM) never wins over a real one. Undefined where nothing is about tensors.
 */
export function explainRecords(records: readonly RunRecord[]): Explanation | undefined {
  return firstCause(
    records.map((record) => ({
      ...(record.rank ? { rank: record.rank.rank } : {}),
      failed: record.failures.some(({ origin }) => origin !== "warning"),
      outcomes: record.failures.flatMap((failure) => {
        const context = failure.exceptions.map(({ message }) => message).join("\n");
        const modules = Object.keys(record.versions);
        const outcome = explainFailure({ ...failure, context, modules, isRecorded: true });
        return outcome ? [{ ...outcome, isWarning: failure.origin === "warning", at: Date.parse(failure.at) }] : [];
      }),
    })),
  );
}

/** The same from text alone: a traceback or a log with one, of one or several ranks, as a terminal shows it. */
export function explainText(text: string): Explanation | undefined {
  const lines = cleanLines(text.slice(-maximumLength));
  const ranks = [...new Set(lines.map(({ rank }) => rank))];
  return firstCause(
    ranks.map((rank): Run => {
      const own = lines.filter((line) => line.rank === rank).map((line) => line.text);
      const context = own.join("\n");
      const exceptions = readTracebacks(own);
      const known = { layers: [], modules: [], isRecorded: false, context };
      const outcome =
        explainFailure({ ...known, exceptions }) ?? explainFailure({ ...known, exceptions: [copiedMessage(context)] });
      const told = outcome?.explanation.message.split("\n")[0] ?? "";
      // The lines stand in the order of time.
      const at = lines.findIndex((line) => line.rank === rank && line.text.includes(told));
      return {
        ...(rank === undefined ? {} : { rank }),
        failed: exceptions.length > 0,
        outcomes: outcome ? [{ ...outcome, at }] : [],
      };
    }),
  );
}

/** A message without its class, as people copy it. */
const copiedMessage = (context: string) => ({ type: "", message: context.trim().slice(-16_384), frames: [] });

function firstCause(runs: readonly Run[]): Explanation | undefined {
  const outcomes = runs.flatMap((run) => run.outcomes.map((outcome) => ({ ...outcome, run })));
  const weight = (one: Outcome) => (one.isSecondary ? 2 : 0) + (one.isWarning ? 1 : 0);
  const [first] = outcomes.sort((a, b) => weight(a) - weight(b) || a.at - b.at);
  if (!first) return undefined;
  const { rank } = first.run;
  const others = runs.filter((run) => run.failed && run !== first.run).length;
  return { ...first.explanation, ...(rank === undefined ? {} : { rank }), others };
}
