import type { ExplainedOperand, FailureException, FailureFrame, ModelLayer, TensorValue } from "../../shared/tensors";
import { takeApart } from "./expression";
import type { ExpressionParts } from "./rule";
import { isSame } from "./shapes";
import type { Reading } from "./template";

/** The frame in which the user's own code failed: the innermost that is not of a package. */
export const userFrame = (frames: readonly FailureFrame[]): FailureFrame | undefined =>
  frames.findLast((frame) => frame.isUser);

/** Longer lines were not written by people. */
const longestLine = 1000;

/** The failing expression of a frame: what Python underlined, else its line where that holds only one operation or call. */
export function expressionOf(frame: FailureFrame | undefined): string | undefined {
  if ((frame?.expression ?? frame?.source ?? "").length > longestLine) return undefined;
  if (frame?.expression !== undefined) return frame.expression.startsWith("raise ") ? undefined : frame.expression;
  const line = frame?.source?.replace(/^(?:return|yield|await)\s+/, "").replace(/^[\w.,\s[\]]+?\s*=(?!=)\s*/, "");
  if (line === undefined || line.startsWith("raise ")) return undefined;
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
  const owner = ownedBy(layer) ?? ownerName(layer, parts);
  const input = inner === own ? undefined : inputOfLayer(inner);
  if (inner && input && own?.operands.every((value) => !isSameTensor(value, input))) {
    return inner.operands
      .filter((value) => !isUneventful(value, inner.operands))
      .flatMap((value) => explained(value, value === input ? `input of ${owner}` : ownedName(value.name, owner)) ?? []);
  }
  const known = own?.operands ?? [];
  const unseen = [...known];
  const added = inner === own ? [] : (inner?.operands ?? []).filter((value) => !takeSame(unseen, value));
  return [
    ...known.filter((value) => !isUneventful(value, known)).flatMap((value) => explained(value) ?? []),
    ...added
      .filter((value) => !isUneventful(value, added))
      .flatMap((value) => explained(value, ownedName(value.name, owner)) ?? []),
  ];
}

/** What went into a layer whose own frame this is; the user may have called one that holds it, with something else. */
function inputOfLayer(frame: FailureFrame | undefined): TensorValue | undefined {
  const isLayer = frame?.operands.some(({ name }) => /^(?:self\.)?weight$/.test(name));
  return isLayer
    ? frame?.operands.find(({ name, shape }) => shape && /^(?!self\b|weight$|bias$)/.test(name))
    : undefined;
}

/** `fc2`; `seq.2` where the last part is a place in a row. */
function ownedBy(layer: ModelLayer | undefined): string | undefined {
  return layer?.path.match(/(?:[^.]+\.)?\d+$|[^.]+$/)?.[0];
}

/** `self.weight` or `weight` of a library's frame → `fc2.weight`. */
const ownedName = (name: string, owner: string | undefined): string =>
  owner === undefined ? name : name.replace(/^(?:self\.)?(?=(?:weight|bias)$)|^self\./, `${owner}.`);

/** A bias goes where the weight goes; it is worth a line only where it differs. */
function isUneventful({ name, dtype, device }: TensorValue, all: readonly TensorValue[]): boolean {
  const weight = all.find((one) => one.name.endsWith("weight"));
  return name.endsWith("bias") && weight !== undefined && weight.dtype === dtype && weight.device === device;
}

/** How a sentence calls the layer: `fc2` of `self.fc2(h)`, else the last part of its path; `Conv2d 0` in a row of layers. */
export function ownerName(layer: ModelLayer | undefined, parts: ExpressionParts | undefined): string | undefined {
  const called = parts?.function?.replace(/^self\./, "");
  const path = layer?.path.split(".").at(-1);
  if (path && called?.endsWith(path)) return called;
  return path && /^\d+$/.test(path) ? `${layer?.type} ${path}` : path || called;
}

function takeSame(from: TensorValue[], value: TensorValue): boolean {
  const at = from.findIndex((one) => isSameTensor(one, value));
  if (at < 0) return false;
  from.splice(at, 1);
  return true;
}

function isSameTensor({ shape, dtype, device }: TensorValue, other: TensorValue): boolean {
  return !!shape && !!other.shape && isSame(shape, other.shape) && dtype === other.dtype && device === other.device;
}

/** A recorded tensor as an explanation shows it; undefined where even its rank is not known. */
export function explained(value: TensorValue, name = value.name): ExplainedOperand | undefined {
  const { shape, dtype, device } = value;
  if (shape === undefined) return undefined;
  return { name, shape, ...(dtype === undefined ? {} : { dtype }), ...(device === undefined ? {} : { device }) };
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
  const arePlain = written.every(([place]) => wholeOperand.test(place));
  const isOperation = arePlain && parts?.operator !== undefined && parts.arguments.length === written.length;
  return written.map(([place, { shape, dtype }], at) => {
    const same = new Set(values.filter((value) => value.shape && isSame(value.shape, shape)).map(({ name }) => name));
    const own = isOperation ? parts.arguments[at] : same.size === 1 ? [...same][0] : undefined;
    return { name: own ?? placeName(place), shape, ...(dtype === undefined ? {} : { dtype }) };
  });
}

/** Places of templates in which an operand's whole shape stands, in the order of the operation. */
const wholeOperand = /^(?:[abc]|m(?:at)?[12]|operand \d+)$/;

/** `targetSize` → `target size` */
const placeName = (place: string): string => place.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
