import type { Found, Told } from "../rule";
import { isReordered, shapeText } from "../shapes";
import { vocabularies } from "../vocabulary";

export const expandRule =
  "A tensor is stretched only where its size is 1; other sizes must be those of the place it goes to.";

/** `a.expand(…)`, `a[…] = b`: what is given does not fit the place. */
export function explainExpand(found: Found): Told {
  const [target, tensor] = [found.shape("target"), found.shape("tensor")];
  if (!target || !tensor) return { summary: "The sizes do not fit the place." };
  const at = tensor.length - (target.length - Number(found.words.dim));
  const operands = found.operands.map((operand) =>
    operand.shape.length === tensor.length && operand.shape.every((size, index) => size === tensor[index])
      ? { ...operand, clash: [at] }
      : operand,
  );
  const write = vocabularies[found.framework];
  return {
    operands,
    summary: `the place is ${shapeText(target)} and what goes there ${shapeText(tensor)}: ${found.words.wanted} is not ${found.words.existing}`,
    fixes: isReordered(target, tensor)
      ? [{ text: `use ${write.transpose("it", tensor.length)} if its dimensions are swapped` }]
      : [{ text: `make it ${shapeText(target)}, or take only that part of it` }],
  };
}
