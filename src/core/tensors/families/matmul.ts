import type { ExplainedOperand, Fix, Shape } from "../../../shared/tensors";
import { replaceFix } from "../edit";
import { ownerName } from "../operands";
import type { Found, Told } from "../rule";
import { elementCount, matmulClash, shapeText } from "../shapes";
import { vocabularies } from "../vocabulary";

export const matmulRule = "A matrix product a @ b needs the last size of a to be the second-to-last size of b.";
const layerRule = "A linear layer multiplies the last dimension of its input, which must have in_features elements.";

/** A product of two matrices, or a linear layer whose input has another number of features than it was made for. */
export function explainMatmul(found: Found): Told {
  return linear(found) ?? product(found);
}

interface LinearLayer {
  readonly name: string;
  readonly input: ExplainedOperand;
  readonly weight: ExplainedOperand;
  readonly needs: number;
  readonly outputs: number;
}

function linear(found: Found): Told | undefined {
  const layer = linearLayer(found);
  const got = layer?.input.shape.at(-1);
  if (!layer || got === undefined || got === null || got === layer.needs) return undefined;
  const { name, input, weight, needs, outputs } = layer;
  // What no variable of the user's holds cannot be changed in a line.
  const isNamed = !input.name.includes(" ");
  const skipped = isNamed ? skippedLayer(found, got, needs) : undefined;
  const weightClash = found.isRecorded ? 1 : 0;
  return {
    rule: layerRule,
    operands: [
      { ...input, clash: [input.shape.length - 1], note: `last dimension ${got}` },
      { ...weight, clash: [weightClash], note: `expects ${needs}` },
    ],
    summary: `${name} needs ${needs} features and got ${got}${skipped ? `: ${input.name} skipped ${skipped} (${got} → ${needs})?` : ""}`,
    fixes: [
      ...(skipped ? [throughFix(found, input.name, skipped)] : []),
      ...(isNamed ? inputFixes(found, input, needs) : []),
      { text: `make it Linear(${got}, ${outputs})` },
    ],
  };
}

function linearLayer(found: Found): LinearLayer | undefined {
  const { operands, layer, parts } = found;
  const name = ownerName(layer, parts);
  if (found.isRecorded) {
    const weight = operands.find((one) => /(?:^|\.)weight$/.test(one.name) && one.shape.length === 2);
    const input = operands.find((one) => one !== weight && one.shape.length > 0);
    const [outputs, needs] = weight?.shape ?? [];
    if (!weight || !input || typeof needs !== "number" || typeof outputs !== "number") return undefined;
    return { name: name ?? "The layer", input, weight, needs, outputs };
  }
  const isLayer =
    /nn\/modules\/linear\.py|linear_forward/.test(found.context) && /^self\.|^\w+$/.test(parts?.function ?? "");
  const [input, weight] = operands;
  const [needs, outputs] = weight?.shape ?? [];
  if (!isLayer || !input || !weight || typeof needs !== "number" || typeof outputs !== "number") return undefined;
  const own = parts?.arguments.length === 1 ? { ...input, name: parts.arguments[0] ?? input.name } : input;
  return { name: name ?? "The layer", input: own, weight: { ...weight, name: `${name}.weight.T` }, needs, outputs };
}

/** A layer beside it whose sizes lead from what came to what is needed. */
function skippedLayer(found: Found, got: number, needs: number): string | undefined {
  const beside = found.siblings.find(
    ({ sizes, path }) =>
      path !== found.layer?.path && sizes?.includes(`in_features=${got},`) && sizes.includes(`out_features=${needs}`),
  );
  if (beside) return beside.path.split(".").at(-1);
  const weight = found.values.find(
    ({ name, shape }) => name.endsWith(".weight") && shape?.length === 2 && shape[0] === needs && shape[1] === got,
  );
  return weight?.name.replace(/^self\./, "").replace(/\.weight$/, "");
}

/** `self.fc2(h)` → `self.fc2(self.fc1(h))`, where the layer is called by its own name. */
function throughFix(found: Found, input: string, skipped: string): Fix {
  const text = `pass ${input} through ${skipped} first`;
  const called = found.parts?.function;
  const own = found.layer?.path.split(".").at(-1);
  if (!own || !called?.endsWith(`.${own}`)) return { text };
  return replaceFix(found, text, input, `${called.slice(0, -own.length)}${skipped}(${input})`);
}

function inputFixes(found: Found, input: ExplainedOperand, needs: number): Fix[] {
  const write = vocabularies[found.framework];
  const { name, shape } = input;
  if (shape.length > 2 && elementCount(shape.slice(1)) === needs) {
    return [
      replaceFix(
        found,
        `pass ${write.flatten(name)}, which is [${shape[0] ?? "?"}, ${needs}]`,
        name,
        write.flatten(name),
      ),
    ];
  }
  if (shape.length > 1 && shape.at(-2) === needs) {
    const turned = write.transpose(name, shape.length);
    return [replaceFix(found, `pass ${turned}: its dimension ${shape.length - 2} has ${needs}`, name, turned)];
  }
  return [];
}

function product(found: Found): Told {
  const [a, b] = found.operands;
  if (!a || !b) return { summary: "The sizes of the two matrices do not fit." };
  const clash = matmulClash(a.shape, b.shape);
  if (!clash) return batchClash(found, a, b);
  const [left, right] = clash;
  const operands = [
    { ...a, clash: [left], note: `last dimension ${a.shape[left]}` },
    { ...b, clash: [right], note: `needs ${a.shape[left]} at dimension ${right}` },
    ...found.operands.slice(2),
  ];
  const summary = `${a.name} ${shapeText(a.shape)} @ ${b.name} ${shapeText(b.shape)}: ${a.shape[left]} is not ${b.shape[right]}`;
  return { summary, operands, fixes: productFixes(found, a, b) };
}

function productFixes(found: Found, a: ExplainedOperand, b: ExplainedOperand): Fix[] {
  const write = vocabularies[found.framework];
  const turned = (shape: Shape): Shape => [...shape.slice(0, -2), shape.at(-1) ?? null, shape.at(-2) ?? null];
  const fixes: Fix[] = [];
  for (const [one, other, isFirst] of [
    [b, a, false],
    [a, b, true],
  ] as const) {
    if (one.shape.length < 2) continue;
    const fits = isFirst ? !matmulClash(turned(one.shape), other.shape) : !matmulClash(other.shape, turned(one.shape));
    const text = write.transpose(one.name, one.shape.length);
    if (fits) fixes.push(replaceFix(found, `use ${text}, which is ${shapeText(turned(one.shape))}`, one.name, text));
  }
  const [needs, outputs] = b.shape;
  if (
    fixes.length === 0 &&
    found.framework === "torch" &&
    found.parts?.operator === undefined &&
    b.shape.length === 2
  ) {
    return [
      { text: `if it is a linear layer: give it ${needs} features, or make it Linear(${a.shape.at(-1)}, ${outputs})` },
    ];
  }
  return fixes.length > 0 ? fixes : [{ text: "look where one of the two got its size: neither fits transposed" }];
}

function batchClash(found: Found, a: ExplainedOperand, b: ExplainedOperand): Told {
  return {
    summary: `${a.name} ${shapeText(a.shape)} and ${b.name} ${shapeText(b.shape)} have no common product`,
    operands: found.operands,
    rule: `${matmulRule} The dimensions before those two must be equal or 1.`,
  };
}
