import type { Fix } from "../../../shared/tensors";
import type { Found, Told } from "../rule";
import { elementCount, shapeText } from "../shapes";
import { vocabularies } from "../vocabulary";

export const layerInputRule = "A layer is built for an input of a certain rank and a certain number of features.";

/** Keras checks the input of a layer before it runs. */
export function explainLayerInput(found: Found): Told {
  const { layer = "the layer", axis, needed, fault } = found.words;
  const input = found.shape("input");
  const told = (summary: string, fixes: readonly Fix[], at?: number): Told => ({
    summary,
    fixes,
    operands: found.operands.map((one, index) => (index === 0 && at !== undefined ? { ...one, clash: [at] } : one)),
  });
  if (input && axis !== undefined && needed !== undefined) {
    const at = Number(axis) < 0 ? input.length + Number(axis) : Number(axis);
    const got = input[at] ?? "an unknown number";
    return told(`${layer} needs ${needed} features and got ${got}`, featureFixes(found, Number(needed), at), at);
  }
  const rank = /ndim=(\d+), found ndim=(\d+)/.exec(fault ?? "");
  if (input && rank) {
    const missing = Number(rank[1]) - Number(rank[2]);
    const write = vocabularies[found.framework];
    const fix =
      missing > 0
        ? `add ${missing === 1 ? "the missing dimension" : `${missing} dimensions`}: ${write.addAxis("x", 0)} for the batch, ${write.addAxis("x", -1)} for a channel`
        : "drop or join dimensions: a Flatten layer before it";
    return told(`${layer} needs ${rank[1]} dimensions and got ${shapeText(input)}`, [{ text: fix }]);
  }
  const expected = found.shape("expected");
  if (input && expected) {
    return told(`${layer} was built for ${shapeText(expected)} and got ${shapeText(input)}`, [
      { text: "give data of that shape, or None for the sizes that vary in Input(shape=…)" },
    ]);
  }
  return told(`${layer} got another input than it was built for`, [
    { text: "compare the input with the layer's input_shape in model.summary()" },
  ]);
}

function featureFixes(found: Found, needed: number, at: number): Fix[] {
  const input = found.shape("input") ?? [];
  const fixes: Fix[] = [];
  if (input.length > 2 && elementCount(input.slice(1)) === needed)
    fixes.push({ text: "put a Flatten layer before it" });
  if (input.length === 4 && input[1] === needed && at === 3) {
    fixes.push({ text: `put the channels last: ${vocabularies[found.framework].permute("x", [0, 2, 3, 1])}` });
  }
  fixes.push({ text: `build the model for ${input[at] ?? "the"} features: Input(shape=${tupleText(input.slice(1))})` });
  return fixes;
}

const tupleText = (shape: readonly (number | null)[]): string =>
  `(${shape.map((size) => size ?? "None").join(", ")}${shape.length === 1 ? "," : ""})`;
