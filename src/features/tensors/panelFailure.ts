import type { PanelFailure, PanelFrame, PanelTensor } from "../../shared/tensorPanel";
import type { Explanation, FailureFrame, RunRecord, TensorFailure, TensorValue } from "../../shared/tensors";

/** What only the shower of a failure knows. */
export interface PanelFacts {
  readonly id: number;
  readonly isHookSilent: boolean;
  readonly isOver: boolean;
  /** Which of the fixes can be applied now. */
  readonly canApply: readonly boolean[];
}

const MOST_FRAMES = 40;
const MOST_OTHERS = 64;

/** A failure as the Shape panel shows it: the explanation, and what the records tell around it. */
export function panelFailure(
  explanation: Explanation,
  records: readonly RunRecord[],
  { id, isHookSilent, isOver, canApply }: PanelFacts,
): PanelFailure {
  const { record, failure } = explained(explanation, records) ?? {};
  const { location, expression, rank, layers } = explanation;
  const memory = failure?.memory;
  return {
    id,
    kind: explanation.kind,
    framework: explanation.framework,
    summary: explanation.summary,
    message: explanation.message,
    rule: explanation.rule,
    confidence: explanation.confidence,
    ...(expression === undefined ? {} : { expression }),
    ...(location ? { location: placeOf(location) } : {}),
    operands: explanation.operands.map(({ clash, ...operand }) => ({
      ...operand,
      shape: [...operand.shape],
      ...(clash ? { clash: [...clash] } : {}),
    })),
    fixes: explanation.fixes.map(({ text, edit }, at) => ({
      text,
      ...(edit ? { edit: { was: edit.was, text: edit.text } } : {}),
      canApply: canApply[at] === true,
    })),
    layers: layers.map((layer) => ({ ...layer })),
    siblings: (failure?.siblings ?? [])
      .filter(({ path }) => !layers.some((layer) => layer.path === path))
      .map((layer) => ({ ...layer })),
    frames: failure ? framesOf(failure, explanation) : [],
    exceptions: (failure?.exceptions ?? []).map(({ type, message, notes }) => ({
      type: type.replace(/^builtins\./, ""),
      message,
      notes: [...(notes ?? [])],
    })),
    ...(memory ? { memory: { ...memory, largest: memory.largest.map((value) => tensorOf(value, false)) } } : {}),
    ...(rank === undefined ? {} : { rank }),
    others: records
      .filter((one) => one !== record && hasFailed(one))
      .slice(0, MOST_OTHERS)
      .map(otherOf),
    facts: record ? factsOf(record) : [],
    from: failure ? "record" : "text",
    isHookSilent,
    isOver,
  };
}

const hasFailed = ({ failures }: RunRecord): boolean => failures.some(({ origin }) => origin !== "warning");

/** The record that the explanation is about: that of its rank which holds its message. */
function explained(explanation: Explanation, records: readonly RunRecord[]) {
  const all = records.flatMap((record) => record.failures.map((failure) => ({ record, failure })));
  const holds = ({ failure }: { failure: TensorFailure }) =>
    failure.exceptions.some(({ message }) => message.trim() === explanation.message);
  const isRank = ({ record }: { record: RunRecord }) => record.rank?.rank === explanation.rank;
  return all.find((one) => holds(one) && isRank(one)) ?? all.find(holds);
}

/** Of the exception that was explained, the innermost first; those around it where it has none. */
function framesOf({ exceptions }: TensorFailure, { message }: Explanation): PanelFrame[] {
  const own = exceptions.find((one) => one.message.trim() === message && one.frames.length > 0);
  const frames = own?.frames ?? exceptions.flatMap((one) => one.frames);
  return frames.slice(-MOST_FRAMES).reverse().map(frameOf);
}

const frameOf = (frame: FailureFrame): PanelFrame => ({
  place: placeOf(frame),
  function: frame.function,
  isUser: frame.isUser,
  ...(frame.source === undefined ? {} : { source: frame.source }),
  tensors: [
    ...frame.operands.map((value) => tensorOf(value, true)),
    ...frame.values.map((value) => tensorOf(value, false)),
  ],
});

const placeOf = ({ file, line, column }: { file: string; line: number; column?: number }) => ({
  file,
  line,
  ...(column === undefined ? {} : { column }),
});

function tensorOf(value: TensorValue, isOperand: boolean): PanelTensor {
  const { name, type, shape, dtype, device, bytes, isContiguous, requiresGrad, notes = [] } = value;
  return {
    name,
    type: type.split(".").at(-1) ?? type,
    ...(shape ? { shape: [...shape] } : {}),
    ...(dtype === undefined ? {} : { dtype }),
    ...(device === undefined ? {} : { device }),
    ...(bytes === undefined ? {} : { bytes }),
    isOperand,
    notes: [
      ...notes,
      ...(isContiguous === false ? ["not contiguous"] : []),
      ...(requiresGrad ? ["requires grad"] : []),
    ],
  };
}

function otherOf(record: RunRecord) {
  const last = record.failures.at(-1)?.exceptions.at(-1);
  const type = last?.type.split(".").at(-1) ?? "";
  return {
    who: record.rank ? `rank ${record.rank.rank}` : `process ${record.pid}`,
    message: [type, last?.message.split("\n")[0]].filter(Boolean).join(": "),
  };
}

const factsOf = ({ program, python, versions }: RunRecord): string[] => [
  program,
  `Python ${python}`,
  ...Object.entries(versions).map(([name, version]) => `${name} ${version}`),
];
