import type { TracedLine, TracedValue } from "../../../shared/shapeTrace";
import type { Symbols } from "./symbols";

const MOST = 4;

/** What stands after a line: `h: f32[B≤32, 784]`. Undefined where the line made no tensor. */
export function lineText({ values }: TracedLine, symbols: Symbols): string | undefined {
  const made = values.filter(({ role }) => role !== "used");
  if (made.length === 0) return undefined;
  const names = [...new Set(made.map(({ name }) => name))];
  const texts = names.slice(0, MOST).map((name) => {
    const variants = made.filter((one) => one.name === name).map((value) => symbols.shape(value));
    const shapes = [...new Set(variants)].join(" | ");
    return name === "return" ? `→ ${shapes}` : `${name}: ${shapes}`;
  });
  return `${texts.join("  ")}${names.length > MOST ? "  …" : ""}`;
}

/** One value with all that is known: `h: f32[B≤32, 784] cuda:0, 100 kB, 12 times`. */
export function valueText(value: TracedValue, symbols: Symbols): string {
  const { name, device, requiresGrad, notes = [], count } = value;
  const words = [
    `${name}: ${symbols.shape(value)}`,
    ...(device === undefined ? [] : [device]),
    ...(requiresGrad ? ["requires grad"] : []),
    ...notes,
    `${count === 1 ? "once" : `${count} times`}`,
  ];
  return words.join(", ");
}
