import type { ShapeTrace, TracedLine, TracedValue } from "../../../shared/shapeTrace";

/** A place that a size came through. */
export interface SizeStep {
  readonly line: TracedLine;
  readonly value: TracedValue;
  /** Positions of the dimensions that have the size, counted from 0. */
  readonly dimensions: readonly number[];
  /** The sizes that it was multiplied from, where one of the line's operands has them side by side: 4 × 14 × 14. */
  readonly factors?: readonly number[];
}

/** Where a size comes from. */
export interface SizeOrigin {
  readonly size: number;
  /** The place that had it first, then those that it went through, in the order of the run; one for each line and name. */
  readonly steps: readonly SizeStep[];
  /** Layers whose own sizes tell of it: `head.fc1: Linear(in_features=784, …)`. */
  readonly layers: readonly string[];
}

/** Follows a size through the lines of a run; also one that a dimension had only at times. */
export function originOf(trace: Pick<ShapeTrace, "lines" | "modules">, size: number): SizeOrigin {
  const steps = trace.lines
    .flatMap((line) => line.values.flatMap((value) => stepOf(line, value, size)))
    .sort((one, other) => one.value.order - other.value.order);
  const word = new RegExp(`(?<![\\d.])${size}(?![\\d.])`);
  const layers = trace.modules
    .filter(({ sizes = "" }) => word.test(sizes))
    .map(({ path, type, sizes = "" }) => `${path === "" ? type : path}: ${type}(${sizes})`);
  return { size, steps, layers };
}

function stepOf(line: TracedLine, value: TracedValue, size: number): SizeStep[] {
  // What a line uses came from elsewhere.
  if (value.role === "used") return [];
  const dimensions = value.most.flatMap((most, at) => (isWithin(size, value.least[at], most) ? [at] : []));
  if (dimensions.length === 0) return [];
  const used = line.values.filter(({ role }) => role === "used");
  const isNew = !used.some((one) => one.most.some((most, at) => isWithin(size, one.least[at], most)));
  const factors = isNew ? used.map((one) => factorsOf(one, size)).find((found) => found !== undefined) : undefined;
  return [{ line, value, dimensions, ...(factors ? { factors } : {}) }];
}

/** Only the ends of a range have been seen for certain. */
const isWithin = (size: number, least: number | null | undefined, most: number | null) =>
  size === least || size === most;

/** Neighbouring sizes whose product it is. */
function factorsOf({ least, most }: TracedValue, size: number): readonly number[] | undefined {
  for (let start = 0; start < most.length; start++) {
    let product = 1;
    for (let end = start; end < most.length; end++) {
      const one = most[end];
      if (one === null || one === undefined || one !== least[end]) break;
      product *= one;
      if (product === size && end > start) return most.slice(start, end + 1).filter((each) => each !== null);
    }
  }
  return undefined;
}
