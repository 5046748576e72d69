import type { ExplainedOperand, Fix, Shape } from "../../../shared/tensors";
import type { Found, Told } from "../rule";
import { shapeText } from "../shapes";
import { findShapes } from "../template";

export const checkpointRule = "A checkpoint fits a model that has the same parameters under the same names and shapes.";

interface SizeMismatch {
  readonly name: string;
  readonly checkpoint: Shape;
  readonly model: Shape;
}

/** Weights that do not fit the model: shapes, or names with another prefix. */
export function explainCheckpoint(found: Found): Told {
  const sizes = sizeMismatches(found.context);
  const missing = keys(found.context, "Missing");
  const unexpected = keys(found.context, "Unexpected");
  if (sizes.length > 0) return sizesTold(sizes);
  const prefix = prefixOf(missing, unexpected);
  const told = [
    ...(missing.length > 0
      ? [`${missing.length} of the model's parameters are not in the checkpoint (${missing[0]})`]
      : []),
    ...(unexpected.length > 0
      ? [`${unexpected.length} of the checkpoint are not in the model (${unexpected[0]})`]
      : []),
  ];
  const isAdded = prefix !== undefined && unexpected[0]?.startsWith(prefix);
  return {
    operands: [],
    summary:
      prefix === undefined
        ? told.join(", ") || "the checkpoint does not fit the model"
        : `the names differ by the prefix "${prefix}", which ${isAdded ? "the checkpoint" : "the model"} has`,
    fixes:
      prefix === undefined
        ? [
            {
              text: "make the model as it was when the checkpoint was saved, or load with strict=False and see what is left out",
            },
          ]
        : prefixFixes(prefix, isAdded === true),
  };
}

function sizeMismatches(text: string): SizeMismatch[] {
  const pattern =
    /size mismatch for (?<name>[\w.]+): copying a param(?:eter)? with shape (?<checkpoint>\S[^)\]]{0,200}\][)]?) from checkpoint,\s+the shape in current model is (?<model>\S[^)\]]{0,200}\][)]?)/g;
  return [...text.matchAll(pattern)].flatMap(({ groups }) => {
    const [checkpoint] = findShapes(groups?.checkpoint ?? "");
    const [model] = findShapes(groups?.model ?? "");
    return checkpoint && model ? [{ name: groups?.name ?? "", checkpoint: checkpoint.shape, model: model.shape }] : [];
  });
}

function sizesTold(sizes: readonly SizeMismatch[]): Told {
  const [first] = sizes;
  const clash = ({ checkpoint, model }: SizeMismatch) =>
    checkpoint.flatMap((size, at) => (size === model[at] ? [] : [at]));
  const operands = sizes.slice(0, 8).flatMap((one): ExplainedOperand[] => [
    { name: one.name, shape: one.checkpoint, clash: clash(one), note: "in the checkpoint" },
    { name: one.name, shape: one.model, clash: clash(one).filter((at) => at < one.model.length), note: "in the model" },
  ]);
  const more = sizes.length > 1 ? ` (and ${sizes.length - 1} more)` : "";
  return {
    operands,
    summary: first
      ? `${first.name} is ${shapeText(first.checkpoint)} in the checkpoint and ${shapeText(first.model)} in the model${more}`
      : "sizes differ",
    fixes: sizeFixes(first),
  };
}

function sizeFixes(first: SizeMismatch | undefined): Fix[] {
  if (!first) return [];
  const [saved, here] = [first.checkpoint[0], first.model[0]];
  const isOnlyFirst = first.checkpoint.slice(1).join() === first.model.slice(1).join() && typeof saved === "number";
  const isTable = isOnlyFirst && /embed|wte|lm_head|vocab|token/i.test(first.name);
  return [
    ...(isTable ? [{ text: `the vocabularies differ: model.resize_token_embeddings(${saved}) before loading` }] : []),
    ...(isOnlyFirst && !isTable
      ? [{ text: `make the model with ${saved} outputs, as it was saved, not ${here}` }]
      : []),
    {
      text: `leave these out: {k: v for k, v in state.items() if k in own and v.shape == own[k].shape}, with own = model.state_dict() and strict=False`,
    },
  ];
}

function keys(text: string, which: "Missing" | "Unexpected"): string[] {
  const list = new RegExp(`${which} key\\(s\\) in state_dict:\\s*(?<list>(?:"[^"\\n]{1,300}"[,.\\s]*){1,5000})`).exec(
    text,
  )?.groups?.list;
  return [...(list ?? "").matchAll(/"([^"\n]+)"/g)].map(([, name]) => name ?? "");
}

/** What one side's names have before the other's. */
function prefixOf(missing: readonly string[], unexpected: readonly string[]): string | undefined {
  for (const [plain, long] of [
    [missing, unexpected],
    [unexpected, missing],
  ] as const) {
    const [name] = plain;
    const match = long.find((one) => name !== undefined && one.endsWith(`.${name}`));
    const prefix = name === undefined ? undefined : match?.slice(0, -name.length);
    if (prefix !== undefined && plain.every((one) => long.includes(`${prefix}${one}`))) return prefix;
  }
  return undefined;
}

function prefixFixes(prefix: string, isAdded: boolean): Fix[] {
  const why = prefix.startsWith("module.")
    ? "DataParallel or DDP adds it: save model.module.state_dict()"
    : prefix.startsWith("_orig_mod.")
      ? "torch.compile adds it: save model._orig_mod.state_dict()"
      : undefined;
  const change = isAdded
    ? `{k.removeprefix("${prefix}"): v for k, v in state.items()}`
    : `{"${prefix}" + k: v for k, v in state.items()}`;
  return [{ text: `load ${change}` }, ...(why ? [{ text: why }] : [])];
}
