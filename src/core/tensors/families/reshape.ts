import type { Fix, Shape } from "../../../shared/tensors";
import type { Found, Told } from "../rule";
import { elementCount, shapeText } from "../shapes";
import { vocabularies } from "../vocabulary";

export const reshapeRule = "Reshaping keeps the number of elements: the new sizes must multiply to it.";

/** A new shape that the elements do not fill. */
export function explainReshape(found: Found): Told {
  const target = found.shape("target");
  const source = found.shape("source");
  const real = found.isRecorded ? found.operands[0] : undefined;
  const count = Number(found.words.count ?? NaN) || elementCount(real?.shape ?? source ?? [null]);
  if (!target || count === undefined) return { summary: "The new sizes do not multiply to the number of elements." };
  const name = real?.name ?? found.parts?.function?.replace(/\.(?:view|reshape|resize)$/, "") ?? "the input";
  const product = elementCount(target);
  const known = target.filter((size) => size !== null && size > 0).reduce<number>((all, size) => all * (size ?? 1), 1);
  const needs = product === undefined ? `a multiple of ${known}` : `${target.join(" × ")} = ${product}`;
  return {
    summary: `${name} has ${count} elements and ${shapeText(target)} needs ${needs}`,
    fixes: reshapeFixes(found, name, target, count, real?.shape ?? source),
  };
}

function reshapeFixes(found: Found, name: string, target: Shape, count: number, source?: Shape): Fix[] {
  const write = vocabularies[found.framework];
  const candidates = target.flatMap((_, at) => {
    const rest = target.reduce<number>((all, size, index) => (index === at ? all : all * Math.abs(size ?? 1)), 1);
    return rest > 0 && count % rest === 0 ? [target.map((size, index) => (index === at ? count / rest : size))] : [];
  });
  const fixes = candidates
    .filter((sizes) => sizes.every((size) => (size ?? 0) > 0))
    .slice(0, 2)
    .map((sizes): Fix => ({ text: `${write.reshape(name, sizes)} would fit` }));
  const [batch] = source ?? [];
  if (fixes.length === 0 && typeof batch === "number" && count % batch === 0) {
    return [{ text: `${write.reshape(name, [batch, -1])} gives ${shapeText([batch, count / batch])}` }];
  }
  if (target.length > 1 && (target[0] ?? 0) > 1) {
    fixes.push({ text: "let the first dimension be -1 if it is a batch: the last batch of a run may be shorter" });
  }
  return fixes;
}
