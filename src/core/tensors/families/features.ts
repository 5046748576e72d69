import { ownerName } from "../operands";
import type { Found, Told } from "../rule";
import { shapeText } from "../shapes";

/** A layer made for a fixed number of features whose input has another. */
export function explainFeatures(found: Found): Told {
  const { words, parts, layer } = found;
  const name = ownerName(layer, parts) ?? "the layer";
  const input =
    found.operands.find((one) => one.name === "input" || one.name === parts?.arguments[0]) ?? found.operands[0];
  const normalized = found.shape("normalized");
  const needs = words.needed ?? (normalized ? shapeText(normalized) : undefined);
  const got = words.got ?? (found.shape("input") ? shapeText(found.shape("input") ?? []) : undefined);
  return {
    summary:
      needs && got
        ? `${name} needs ${needs} features and got ${got}`
        : `${name} was made for another number of features`,
    fixes: [
      {
        text: got
          ? `make ${name} for ${got}, or bring ${input?.name ?? "its input"} to ${needs ?? "its size"}`
          : `make ${name} for the size of its input`,
      },
      ...(/LSTM|GRU|RNN|rnn\.py/.test(`${layer?.type}${found.context}`)
        ? [
            {
              text: "with batch_first=True the input is [batch, sequence, features], without it [sequence, batch, features]",
            },
          ]
        : []),
    ],
  };
}
