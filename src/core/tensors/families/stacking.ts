import type { Found, Told } from "../rule";
import { shapeText } from "../shapes";
import { vocabularies } from "../vocabulary";

export const stackRule = "Stacking makes a new dimension, so all parts must have exactly the same shape.";
export const concatRule =
  "Parts that are joined must agree in every dimension but the one along which they are joined.";

/** Samples of different shapes in one batch, or parts that are stacked. */
export function explainStack(found: Found): Told {
  const [first, second] = found.operands;
  const isBatch = /collate|DataLoader/.test(found.context);
  const pair = first && second ? `${shapeText(first.shape)} and ${shapeText(second.shape)}` : "several shapes";
  const clash = first && second ? first.shape.flatMap((size, at) => (size === second.shape[at] ? [] : [at])) : [];
  const channels = first && second && first.shape.length === 3 && clash.length === 1 && clash[0] === 0;
  return {
    ...(isBatch ? { kind: "collate" } : {}),
    operands: found.operands.map((one) => ({ ...one, clash: clash.filter((at) => at < one.shape.length) })),
    summary: isBatch ? `samples of one batch have the shapes ${pair}` : `the parts have the shapes ${pair}`,
    fixes: [
      ...(channels ? [{ text: 'bring all images to as many channels: image.convert("RGB")' }] : []),
      ...(isBatch
        ? [
            {
              text: "resize or pad every sample to one shape in the dataset, or give the DataLoader a collate_fn that does",
            },
          ]
        : [{ text: "pad or cut them to one shape, or join them along a dimension in which they differ" }]),
    ],
  };
}

/** Parts that are joined and differ elsewhere. */
export function explainConcat(found: Found): Told {
  const { needed, got, part, dim } = found.words;
  const axis = Number(dim);
  const [first, ...rest] = found.operands;
  const other = rest.find((one) => first && one.shape.some((size, at) => at !== axis && size !== first.shape[at]));
  const fixes = [{ text: "join along the dimension in which they differ, or bring the others to one size" }];
  if (!first || !other)
    return {
      summary: `part ${part ?? "two"} has ${got ?? "another size"} where the others have ${needed ?? "one"}`,
      fixes,
    };
  const clash = first.shape.flatMap((size, at) => (at === axis || size === other.shape[at] ? [] : [at]));
  const isRank = first.shape.length !== other.shape.length;
  const [flat, full] = first.shape.length < other.shape.length ? [first, other] : [other, first];
  return {
    operands: found.operands.map((one) =>
      one === first || one === other ? { ...one, clash: clash.filter((at) => at < one.shape.length) } : one,
    ),
    summary: `${first.name} ${shapeText(first.shape)} and ${other.name} ${shapeText(other.shape)} cannot be joined${Number.isNaN(axis) ? "" : ` along dimension ${axis}`}`,
    fixes: isRank
      ? [
          {
            text: `give ${flat.name} as many dimensions as ${full.name}: ${vocabularies[found.framework].addAxis(flat.name, 0)}`,
          },
        ]
      : fixes,
  };
}
