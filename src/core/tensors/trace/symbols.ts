import type { ShapeTrace, TracedValue } from "../../../shared/shapeTrace";

/** The letters that stand for sizes which were not always the same. */
export interface Symbols {
  /** `f32[B≤32, 784]`; `?` for a size that is not known. */
  shape(value: TracedValue): string;
  /** `B`, `8` and `32` of each, in the order of the letters. */
  readonly letters: readonly { readonly letter: string; readonly least: number; readonly most: number }[];
}

/** Sizes that vary together get one letter in the whole trace; the first dimension's is `B` where it can be. */
export function createSymbols(trace: Pick<ShapeTrace, "lines" | "modules" | "operations">): Symbols {
  const known = new Map<string, string>();
  const letters: { letter: string; least: number; most: number }[] = [];
  const free = [..."NMKLPQRSTUVW"];

  const letterOf = (least: number, most: number, isFirst: boolean): string => {
    const key = `${least} ${most}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const isBatch = isFirst && letters.every(({ letter }) => letter !== "B");
    const letter = isBatch ? "B" : (free.shift() ?? `N${letters.length}`);
    known.set(key, letter);
    letters.push({ letter, least, most });
    return letter;
  };

  const sizeText = (value: TracedValue, at: number): string => {
    const [least, most] = [value.least[at] ?? null, value.most[at] ?? null];
    if (least === null || most === null) return "?";
    return least === most ? String(most) : `${letterOf(least, most, at === 0)}≤${most}`;
  };

  const shape = (value: TracedValue) =>
    `${shortType(value.dtype)}[${value.most.map((_, at) => sizeText(value, at)).join(", ")}]`;

  // In the order of the run: a letter means the same wherever it is asked for first.
  for (const value of allValues(trace).sort((one, other) => one.order - other.order)) shape(value);
  return { shape, letters };
}

/** Every value of a trace. */
export const allValues = ({ lines, modules, operations }: Pick<ShapeTrace, "lines" | "modules" | "operations">) => [
  ...lines.flatMap(({ values }) => values),
  ...[...modules, ...operations].flatMap(({ inputs, outputs }) => [...inputs, ...outputs]),
];

const families: Readonly<Record<string, string>> = { float: "f", bfloat: "bf", int: "i", uint: "u", complex: "c" };

/** `f32` of `float32`; what it does not know stays as it is. */
export function shortType(dtype: string | undefined): string {
  const [, family = "", bits = ""] = /^([a-z]+)(\d+)$/.exec(dtype ?? "") ?? [];
  const letter = families[family];
  return letter === undefined ? (dtype ?? "") : `${letter}${bits}`;
}
