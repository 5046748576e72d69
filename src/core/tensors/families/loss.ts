import type { Fix } from "../../../shared/tensors";
import { replaceFix } from "../edit";
import type { Found, Told } from "../rule";
import { broadcastClash, broadcastShape, elementCount, isReordered, isSame, shapeText } from "../shapes";
import { vocabularies } from "../vocabulary";

export const lossRule = "A loss compares predictions and targets one by one, so both need the same shape.";

/** Predictions and targets of different shapes; PyTorch may only warn and broadcast them. */
export function explainLossSizes(found: Found): Told {
  const input = found.shape("input") ?? found.shape("first");
  const target = found.shape("target");
  if (!input || !target) return { summary: "predictions and targets have different shapes" };
  const [inputName, targetName] = names(found);
  const isWarning = /will likely lead to incorrect results/.test(found.context);
  const result = broadcastShape(input, target);
  const named = found.operands.map((one) =>
    isSame(one.shape, input) && one.name === "input"
      ? { ...one, name: inputName }
      : isSame(one.shape, target) && one.name === "target"
        ? { ...one, name: targetName }
        : one,
  );
  const clash = broadcastClash(input, target);
  const operands = clash
    ? named.map((one) => ({ ...one, clash: isSame(one.shape, input) ? [clash[0]] : [clash[1]] }))
    : named;
  const wrong =
    isWarning && result ? `; both are stretched to ${shapeText(result)} and the loss is wrong without an error` : "";
  return {
    ...(isWarning ? { kind: "lossBroadcast" } : {}),
    operands,
    summary: `${inputName} is ${shapeText(input)} and ${targetName} ${shapeText(target)}${wrong}`,
    fixes: lossFixes(found, inputName, targetName),
  };
}

function names(found: Found): readonly [string, string] {
  const given = found.parts?.operator === undefined ? (found.parts?.arguments ?? []) : [];
  const plain = given.filter((one) => /^[\w.]+$/.test(one));
  return plain.length >= 2 ? [plain[0] ?? "the input", plain[1] ?? "the target"] : ["the input", "the target"];
}

function lossFixes(found: Found, inputName: string, targetName: string): Fix[] {
  const [input, target] = [found.shape("input") ?? [], found.shape("target") ?? []];
  const write = vocabularies[found.framework];
  if (isSame(input.slice(0, -1), target) && input.at(-1) === 1) {
    const dropped = write.dropAxis(inputName, -1);
    return [replaceFix(found, `pass ${dropped}, or ${write.addAxis(targetName, 1)} as target`, inputName, dropped)];
  }
  if (isSame(target.slice(0, -1), input) && target.at(-1) === 1) {
    const dropped = write.dropAxis(targetName, -1);
    return [replaceFix(found, `pass ${dropped} as target`, targetName, dropped)];
  }
  if (isReordered(input, target)) return [{ text: "bring the dimensions of both into one order" }];
  if (elementCount(input) === elementCount(target))
    return [{ text: `use ${targetName}.view_as(${inputName}) if only the form differs` }];
  return [{ text: "look where one of the two gets another batch or class dimension" }];
}
