import type { ExplainedOperand, Fix, Shape } from "../../../shared/tensors";
import { replaceFix } from "../edit";
import { ownerName } from "../operands";
import type { Found, Told } from "../rule";
import { shapeText } from "../shapes";
import { vocabularies } from "../vocabulary";

export const channelRule =
  "A convolution is made for a fixed number of input channels, which PyTorch expects in dimension 1: [batch, channels, …].";

/** A convolution whose input has another number of channels than its weight. */
export function explainChannels(found: Found): Told {
  const needed = Number(found.words.needed);
  const weight = found.operands.find((one) => one.name === "weight" || one.name.endsWith(".weight"));
  const input = found.operands.find((one) => one !== weight);
  const shape = input?.shape ?? found.shape("input");
  const name = ownerName(found.layer, found.parts) ?? "the convolution";
  if (!shape || !input)
    return { summary: `${name} needs ${needed} channels and got ${found.words.got ?? "another number"}` };
  const own = ownInput(found, input);
  const got = found.words.got ?? String(shape[1]);
  return {
    operands: found.operands.map((one) => {
      if (one === input) return { ...own, clash: [shape.length > 1 ? 1 : 0], note: `${got} channels` };
      return one === weight
        ? { ...one, clash: [found.words.transposed === undefined ? 1 : 0], note: `expects ${needed}` }
        : one;
    }),
    summary: `${name} needs ${needed} channels and got ${got}`,
    fixes: channelFixes(found, own, shape, needed, got),
  };
}

const ownInput = (found: Found, input: ExplainedOperand): ExplainedOperand => {
  const [only, ...more] = found.parts?.operator === undefined ? (found.parts?.arguments ?? []) : [];
  return !found.isRecorded && only !== undefined && more.length === 0 ? { ...input, name: only } : input;
};

function channelFixes(found: Found, input: ExplainedOperand, shape: Shape, needed: number, got: string): Fix[] {
  const write = vocabularies[found.framework];
  const rank = shape.length;
  if (shape.at(-1) === needed && rank > 2) {
    const text = write.permute(input.name, [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, at) => at + 1)]);
    return [replaceFix(found, `pass ${text}: the channels stand last`, input.name, text)];
  }
  if (shape[0] === needed && shape[1] !== needed && rank === 4) {
    const text = write.permute(input.name, [1, 0, 2, 3]);
    return [{ text: `pass ${text} if the batch stands second` }];
  }
  const layer = found.layer?.type ?? `Conv${rank - 2}d`;
  return [
    { text: `make it ${layer}(${got}, …), with in_channels=${got}` },
    ...(got === "1" && needed === 3
      ? [{ text: `repeat the one channel: ${input.name}.repeat(1, 3${", 1".repeat(rank - 2)})` }]
      : []),
    ...(got === "4" && needed === 3 ? [{ text: `leave the alpha channel out: ${input.name}[:, :3]` }] : []),
  ];
}

export const rankRule = "A layer takes a fixed number of dimensions: those of one sample and, in front, the batch.";

/** An input with too few or too many dimensions. */
export function explainRank(found: Found): Told {
  const shape = found.shape("input") ?? found.operands[0]?.shape;
  const name = ownerName(found.layer, found.parts) ?? found.words.function ?? "the operation";
  const [needs] = /\d/.exec(found.words.needed ?? "") ?? [];
  const write = vocabularies[found.framework];
  const input = found.operands[0]?.name ?? found.parts?.arguments[0] ?? "x";
  const rank = shape?.length ?? Number(found.words.rank);
  const fixes: Fix[] = [];
  if (needs !== undefined && rank === Number(needs) - 1) {
    const text = write.addAxis(input, 0);
    fixes.push(replaceFix(found, `add the missing dimension: ${text}`, input, text));
  } else if (rank < 3) fixes.push({ text: `add the batch and channel dimensions: ${input}[None, None]` });
  else fixes.push({ text: "join or drop dimensions until it has as many: .flatten(), .squeeze()" });
  return {
    summary: `${name} needs ${found.words.needed ?? "another number of"} dimensions and ${input} ${shape ? `is ${shapeText(shape)}` : `has ${found.words.rank ?? "another number"}`}`,
    fixes,
  };
}
