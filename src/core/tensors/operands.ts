import type { ExplainedOperand, FailureException, FailureFrame, ModelLayer, TensorValue } from "../../shared/tensors";
import { takeApart } from "./expression";
import type { ExpressionParts } from "./rule";
import { isSame } from "./shapes";
import type { Reading } from "./template";

/** The frame in which the user's own code failed: the innermost that is not of a package. */
export const userFrame = (frames: readonly FailureFrame[]): FailureFrame | undefined =>
  frames.findLast((frame) => frame.isUser);

/** The failing expression of a frame: what Python underlined, else its line where that holds only one operation or call. */
export function expressionOf(frame: FailureFrame | undefined): string | undefined {
  if (frame?.expression !== undefined) return frame.expression;
  const line = frame?.source?.replace(/^(?:return|yield|await)\s+/, "").replace(/^[\w.,\s[\]]+?\s*=(?!=)\s*/, "");
  if (line === undefined) return undefined;
  const parts = takeApart(line);
  const isPlain = parts?.arguments.every((one) => !/[(@+*/%]|\s-\s/.test(one)) === true;
  return isPlain ? line : undefined;
}

/**
 * The tensors that took part, by the user's names. Those of the user's own frame come first; those that only the library's frame
 * knows (a layer's weight) follow under the layer's name.
 */
export function recordedOperands(
  exception: FailureException,
  layer: ModelLayer | undefined,
  parts: ExpressionParts | undefined,
): ExplainedOperand[] {
  const own = userFrame(exception.frames);
  const inner = exception.frames.at(-1);
  const known = own?.operands ?? [];
  const unseen = [...known];
  const added = inner === own ? [] : (inner?.operands ?? []).filter((value) => !takeSame(unseen, value));
  const owner = ownerName(layer, parts);
  return [...known, ...added].flatMap((value) => {
    const name = known.includes(value)
      ? value.name
      : value.name.replace(/^self\./, owner === undefined ? "self." : `${owner}.`);
    return value.shape === undefined ? [] : [explained(value, name)];
  });
}

/** How the user's code calls the layer: `fc2` of `self.fc2(h)`, else the last part of its path. */
export function ownerName(layer: ModelLayer | undefined, parts: ExpressionParts | undefined): string | undefined {
  const called = parts?.function?.replace(/^self\./, "");
  const path = layer?.path.split(".").at(-1);
  if (path && called?.endsWith(path)) return called;
  return path || called;
}

function takeSame(from: TensorValue[], value: TensorValue): boolean {
  const at = from.findIndex(
    (one) =>
      one.shape &&
      value.shape &&
      isSame(one.shape, value.shape) &&
      one.dtype === value.dtype &&
      one.device === value.device,
  );
  if (at < 0) return false;
  from.splice(at, 1);
  return true;
}

function explained(value: TensorValue, name: string): ExplainedOperand {
  return {
    name,
    shape: value.shape ?? [],
    ...(value.dtype === undefined ? {} : { dtype: value.dtype }),
    ...(value.device === undefined ? {} : { device: value.device }),
  };
}

/**
 * The operands that a message tells of, under the names of its template's places; where the user's operation has as many operands,
 * or one recorded tensor has just this shape, under that name.
 */
export function writtenOperands(
  reading: Reading,
  parts: ExpressionParts | undefined,
  values: readonly TensorValue[],
): ExplainedOperand[] {
  const written = [...reading.shapes];
  const isOperation = parts?.operator !== undefined && parts.arguments.length === written.length;
  return written.map(([place, { shape, dtype }], at) => {
    const same = new Set(values.filter((value) => value.shape && isSame(value.shape, shape)).map(({ name }) => name));
    const own = isOperation ? parts.arguments[at] : same.size === 1 ? [...same][0] : undefined;
    return { name: own ?? placeName(place), shape, ...(dtype === undefined ? {} : { dtype }) };
  });
}

/** `targetSize` → `target size` */
const placeName = (place: string): string => place.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
