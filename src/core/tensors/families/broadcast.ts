import type { ExplainedOperand, Fix } from "../../../shared/tensors";
import { replaceFix } from "../edit";
import type { Found, Told } from "../rule";
import { broadcastClash, broadcastShape, isReordered, shapeText } from "../shapes";
import { vocabularies } from "../vocabulary";

export const broadcastRule =
  "Shapes are compared from the last dimension on: two sizes must be equal, or one of them 1 or missing.";

/** An operation element by element on shapes that cannot be stretched to one. */
export function explainBroadcast(found: Found): Told {
  const pair = clashingPair(found.operands);
  if (!pair) return { summary: sizesOnly(found) };
  const { a, b, at } = pair;
  const [left, right] = at;
  const operands = found.operands.map((operand) => {
    if (operand === a) return { ...a, clash: [left], note: `${a.shape[left]} at dimension ${left}` };
    return operand === b ? { ...b, clash: [right], note: `${b.shape[right]} at dimension ${right}` } : operand;
  });
  return {
    operands,
    summary: `${a.name} ${shapeText(a.shape)} and ${b.name} ${shapeText(b.shape)} do not broadcast: ${a.shape[left]} is not ${b.shape[right]}`,
    fixes: broadcastFixes(found, a, b),
  };
}

function clashingPair(operands: readonly ExplainedOperand[]) {
  for (const [index, a] of operands.entries()) {
    for (const b of operands.slice(index + 1)) {
      const at = broadcastClash(a.shape, b.shape);
      if (at) return { a, b, at };
    }
  }
  return undefined;
}

/** PyTorch tells two sizes and not the shapes. */
function sizesOnly(found: Found): string {
  const { a, b, dim } = found.words;
  if (a === undefined || b === undefined) return "The shapes cannot be stretched to a common one.";
  const [first = "one tensor", second = "the other"] = found.parts?.operator ? found.parts.arguments : [];
  return `${first} has ${a} and ${second} has ${b}${dim === undefined ? "" : ` at dimension ${dim} of the result`}`;
}

/** Where an axis is missing, where two are swapped. */
export function broadcastFixes(found: Found, a: ExplainedOperand, b: ExplainedOperand): Fix[] {
  const write = vocabularies[found.framework];
  const fixes: Fix[] = [];
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    for (let at = 1; at <= one.shape.length && one.shape.length < other.shape.length; at++) {
      const stretched = [...one.shape.slice(0, at), 1, ...one.shape.slice(at)];
      const result = broadcastShape(stretched, other.shape);
      if (!result) continue;
      const text = write.addAxis(one.name, at);
      fixes.push(replaceFix(found, `use ${text}: the result is ${shapeText(result)}`, one.name, text));
      break;
    }
  }
  if (fixes.length === 0 && a.shape.length === 2 && isReordered(a.shape, b.shape)) {
    const text = write.transpose(b.name, 2);
    fixes.push(replaceFix(found, `use ${text} if rows and columns are swapped`, b.name, text));
  }
  return fixes;
}
