import type { Explanation, FailureException, FailureFrame, MemoryFigures, ModelLayer } from "../../shared/tensors";
import { takeApart } from "./expression";
import { fillIn } from "./fillIn";
import { frameworkOf, isRaisedByFramework, type Match, matchRule } from "./matchRule";
import { expressionOf, recordedOperands, userFrame, writtenOperands } from "./operands";
import type { Found, Told } from "./rule";
import { explainByStructure } from "./structure";

/** A failure, recorded or read from text, with what is known around it. */
export interface Failed {
  readonly exceptions: readonly FailureException[];
  readonly layers: readonly ModelLayer[];
  readonly siblings?: readonly ModelLayer[];
  readonly memory?: MemoryFigures;
  /** The frameworks that were imported, where that is known. */
  readonly modules: readonly string[];
  /** The whole text or all messages. */
  readonly context: string;
  readonly isRecorded: boolean;
}

export interface Outcome {
  readonly explanation: Explanation;
  /** Follows from a failure elsewhere. */
  readonly isSecondary: boolean;
  readonly isWarning: boolean;
}

/** Explains the exception of a chain of which most is known; the first cause wins among equals. */
export function explainFailure(failed: Failed): Outcome | undefined {
  const outcomes = failed.exceptions.flatMap((exception) => explainException(exception, failed) ?? []);
  const weight = (one: Outcome) => (one.isSecondary ? -2 : 0) + (one.isWarning ? -1 : 0) + one.explanation.confidence;
  return outcomes.reduce<Outcome | undefined>(
    (best, one) => (best && weight(best) >= weight(one) ? best : one),
    undefined,
  );
}

function explainException(exception: FailureException, failed: Failed): Outcome | undefined {
  const match = matchRule(exception, failed);
  const found = gather(exception, failed, match);
  if (!match) {
    const explanation = explainByStructure(exception, found, isRaisedByFramework(exception));
    return (
      explanation && {
        explanation: { ...surroundings(exception, failed, found), ...explanation },
        isSecondary: false,
        isWarning: false,
      }
    );
  }
  const { rule } = match;
  const told: Told = rule.explain?.(found) ?? { summary: rule.summary ?? rule.rule };
  const operands = told.operands ?? found.operands;
  const filled = { ...found, operands };
  const sureness = rule.confidence ?? (exception.type === "" ? 0.75 : 0.9);
  return {
    explanation: {
      ...surroundings(exception, failed, filled),
      kind: told.kind ?? rule.kind,
      framework: match.framework,
      summary: fillIn(told.summary, filled),
      operands,
      rule: told.rule ?? rule.rule,
      fixes: [...(told.fixes ?? []), ...(rule.fixes ?? []).map((text) => ({ text: fillIn(text, filled) }))],
      confidence: found.isRecorded ? Math.max(sureness, 0.95) : sureness,
    },
    isSecondary: rule.isSecondary === true,
    isWarning: /Warning$/.test(exception.type),
  };
}

function surroundings(exception: FailureException, failed: Failed, found: Found) {
  const place = ownFrame(exception, failed);
  const path = found.layer?.path ?? found.words.layer;
  return {
    message: exception.message.trim(),
    layers: failed.layers,
    ...(found.expression === undefined ? {} : { expression: found.expression }),
    ...(path ? { module: path } : {}),
    ...(place ? { location: placeOf(place) } : {}),
    others: 0,
  };
}

/** The user's frame of this exception; one that was raised in a library alone has that of the exception around it. */
function ownFrame(exception: FailureException, failed: Failed): FailureFrame | undefined {
  return userFrame(exception.frames) ?? userFrame(failed.exceptions.flatMap(({ frames }) => frames));
}

const placeOf = ({ file, line, endLine, column, endColumn }: FailureFrame) => ({
  file,
  line,
  ...(endLine === undefined ? {} : { endLine }),
  ...(column === undefined ? {} : { column }),
  ...(endColumn === undefined ? {} : { endColumn }),
});

function gather(exception: FailureException, failed: Failed, match: Match | undefined): Found {
  const frame = ownFrame(exception, failed);
  const expression = expressionOf(frame);
  const parts = expression === undefined ? undefined : takeApart(expression);
  const layer = failed.layers.at(-1);
  const values = exception.frames.flatMap((one) => [...one.operands, ...one.values]);
  const recorded = recordedOperands(exception, layer, parts);
  const reading = match?.reading ?? { words: {}, shapes: new Map() };
  return {
    framework: match?.framework ?? frameworkOf(exception, failed) ?? "torch",
    words: reading.words,
    shape: (place) => reading.shapes.get(place)?.shape,
    operands: recorded.length > 0 ? recorded : writtenOperands(reading, parts, values),
    isRecorded: recorded.length > 0,
    ...(expression === undefined ? {} : { expression }),
    ...(parts === undefined ? {} : { parts }),
    ...(frame?.source === undefined ? {} : { source: frame.source }),
    ...(frame && failed.isRecorded ? { frame } : {}),
    ...(layer ? { layer } : {}),
    siblings: failed.siblings ?? [],
    values,
    ...(failed.memory ? { memory: failed.memory } : {}),
    context: failed.context,
  };
}
