import type { Explanation, FailureException } from "../../shared/tensors";
import { broadcastRule, explainBroadcast } from "./families/broadcast";
import { deviceRule, explainDevice } from "./families/device";
import { explainMatmul, matmulRule } from "./families/matmul";
import { explained } from "./operands";
import type { Found, Told } from "./rule";
import { broadcastClash, matmulClash } from "./shapes";
import { findShapes } from "./template";

/** The parts of an explanation that come from the operands alone. */
export type ToldByStructure = Pick<
  Explanation,
  "kind" | "framework" | "summary" | "rule" | "fixes" | "operands" | "confidence"
>;

const classes =
  /(?:^|\.)(?:Runtime|Value|Type|Index|InvalidArgument|Assertion|Unimplemented|XlaRuntime|JaxRuntime|TorchRuntime)Error$/;
const words =
  /\b(?:sizes?|shapes?|dim(?:ension)?s?|ndim|ranks?|broadcast\w*|matmul|contract\w*|device|dtypes?|axis|axes|channels?|batch)\b/i;

/**
 * A message that no rule reads. The operands may still tell: two matrices that do not multiply, shapes that do not broadcast, two
 * devices. Else they are only shown, without a cause. Undefined for what is not about tensors.
 */
export function explainByStructure(
  exception: FailureException,
  found: Found,
  isRaisedByFramework: boolean,
): ToldByStructure | undefined {
  const mayBe = found.isRecorded || isRaisedByFramework || found.frame !== undefined;
  if (!classes.test(exception.type) || !mayBe) return undefined;
  const known = found.isRecorded ? byOperands(found) : undefined;
  if (known) return told(known.told, known.kind, known.rule, found, 0.6);
  if (!words.test(exception.message)) return undefined;
  const shown = found.isRecorded ? found.operands : shapesOf(exception.message);
  const operands =
    shown.length > 0 ? shown : (found.frame?.values ?? []).slice(0, 6).flatMap((value) => explained(value) ?? []);
  if (operands.length === 0) return undefined;
  const summary = `${found.expression ?? "an operation"} failed with these tensors; the message is not a known one`;
  const rule = "Compare the sizes, types and devices of the operands with what the operation takes.";
  return told({ summary, operands }, "unknown", rule, found, 0.3);
}

function told(
  { summary, operands, fixes, rule: own }: Told,
  kind: string,
  rule: string,
  found: Found,
  confidence: number,
) {
  const { framework } = found;
  return {
    kind,
    framework,
    summary,
    rule: own ?? rule,
    fixes: fixes ?? [],
    operands: operands ?? found.operands,
    confidence,
  };
}

function byOperands(found: Found): { kind: string; rule: string; told: Told } | undefined {
  const [a, b] = found.operands;
  if (!a || !b) return undefined;
  const { operator, function: called } = found.parts ?? {};
  const isProduct = operator === "@" || /(?:^|\.)(?:matmul|mm|bmm|dot)$/.test(called ?? "");
  if (isProduct && matmulClash(a.shape, b.shape))
    return { kind: "matmul", rule: matmulRule, told: explainMatmul(found) };
  const isLinear = /^Linear$/.test(found.layer?.type ?? "") && b.shape.length === 2 && a.shape.at(-1) !== b.shape[1];
  if (isLinear) return { kind: "matmul", rule: matmulRule, told: explainMatmul(found) };
  if (operator !== undefined && !isProduct && broadcastClash(a.shape, b.shape)) {
    return { kind: "broadcast", rule: broadcastRule, told: explainBroadcast(found) };
  }
  const devices = new Set(found.operands.flatMap(({ device }) => device ?? []));
  return devices.size > 1 ? { kind: "device", rule: deviceRule, told: explainDevice(found) } : undefined;
}

const shapesOf = (message: string) =>
  findShapes(message)
    .filter(({ shape }) => shape.length > 0 && shape.some((size) => size !== null))
    .slice(0, 6)
    .map(({ shape, dtype }, at) => ({ name: `shape ${at + 1}`, shape, ...(dtype === undefined ? {} : { dtype }) }));
