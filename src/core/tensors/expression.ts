import type { ExpressionParts } from "./rule";

/** By how loosely they bind; of those that bind alike the last one is computed last. */
const levels = [
  ["<=", ">=", "==", "!=", "<", ">"],
  ["|"],
  ["^"],
  ["&"],
  ["+", "-"],
  ["//", "@", "*", "/", "%"],
  ["**"],
];

/**
 * Takes a Python expression apart: a call with its arguments, or one operation of two operands. Undefined for anything else
 * and for what nests too deeply; a name is only ever shown, so it need not be parsed further.
 */
export function takeApart(expression: string): ExpressionParts | undefined {
  const text = expression
    .replace(/^\s*(?:return|yield|await|assert)\s+/, "")
    .replace(/^[\w.,\s[\]]+?\s*=(?!=)\s*/, "")
    .trim();
  const call = /^(?<name>[\w.[\]"']+)\((?<inside>[\s\S]*)\)$/.exec(text)?.groups;
  if (call?.name && isBalanced(call.inside ?? "")) {
    const words = splitArguments(call.inside ?? "");
    return {
      function: call.name,
      arguments: words.map((word) => word.replace(/^\w+\s*=(?!=)\s*/, "")).filter((word) => word !== ""),
    };
  }
  const inPlace = /^(?<name>[\w.]+)\s*(?<operator>[-+*@/%&|^]|\/\/|\*\*)=\s*(?<value>[^=][\s\S]*)$/.exec(text)?.groups;
  if (inPlace?.name && inPlace.value)
    return { operator: inPlace.operator ?? "", arguments: [inPlace.name, inPlace.value.trim()] };
  for (const level of levels) {
    const cuts = topPositions(text).flatMap((at) => {
      const operator = level.find((one) => isOperator(text, at, one));
      return operator === undefined ? [] : [{ at, operator }];
    });
    const last = cuts.at(-1);
    if (!last) continue;
    const sides = [text.slice(0, last.at).trim(), text.slice(last.at + last.operator.length).trim()];
    return sides.includes("") ? undefined : { operator: last.operator, arguments: sides };
  }
  return undefined;
}

/** Whether exactly this operator stands there between two operands: `*` is not half of `**`, nor a sign an operator. */
function isOperator(text: string, at: number, operator: string): boolean {
  const isWhole = !/[*/<>=]/.test(text[at + operator.length] ?? "") && !/[*/<>=!]/.test(text[at - 1] ?? "");
  return isWhole && text.startsWith(operator, at) && /[\w)\]}"']$/.test(text.slice(0, at).trimEnd());
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** Positions outside all brackets. */
function topPositions(text: string): number[] {
  const positions: number[] = [];
  let depth = 0;
  for (const [at, character] of text.split("").entries()) {
    if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) depth--;
    else if (depth === 0) positions.push(at);
  }
  return positions;
}

function splitArguments(text: string): string[] {
  const commas = topPositions(text).filter((at) => text[at] === ",");
  return [...commas, text.length].map((at, index) =>
    text.slice(index === 0 ? 0 : (commas[index - 1] ?? 0) + 1, at).trim(),
  );
}
