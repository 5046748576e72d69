import { broadcastRule, explainBroadcast } from "../../families/broadcast";
import { expandRule, explainExpand } from "../../families/expand";
import { explainReshape, reshapeRule } from "../../families/reshape";
import type { Rule } from "../../rule";

const both = ["1.13", "2.13"];

/** Broadcasting, assigning, stretching and reshaping. */
export const elementwise: readonly Rule[] = [
  {
    kind: "broadcast",
    seen: both,
    texts: [
      "The size of tensor a ({a:int}) must match the size of tensor b ({b:text}) at non-singleton dimension {dim:int}",
      "Shape mismatch: objects cannot be broadcast to a single shape",
      "Attempting to broadcast a dimension of length {b:int} at {dim:int}! Mismatching argument at index {n:int} had {second:shape}; but expected shape should be broadcastable to {first:shape}",
      "Attempting to broadcast a dimension of length {b:int} at {dim:int}",
      "expected to be broadcastable with {rest:text}",
    ],
    rule: broadcastRule,
    explain: explainBroadcast,
  },
  {
    kind: "broadcast",
    seen: both,
    texts: ["output with shape {output:shape} doesn't match the broadcast shape {result:shape}"],
    rule: "An operation in place cannot make its tensor larger.",
    summary: "{0} is {output} and the result would be {result}",
    fixes: ["use the operation that gives a new tensor: a = a + b in place of a += b"],
  },
  {
    kind: "expand",
    seen: both,
    texts: [
      "The expanded size of the tensor ({wanted:int}) must match the existing size ({existing:int}) at non-singleton dimension {dim:int}. Target sizes: {target:shape}. Tensor sizes: {tensor:shape}",
    ],
    rule: expandRule,
    explain: explainExpand,
  },
  {
    kind: "expand",
    seen: both,
    texts: [
      "expand(torch.{type:name}{tensor:shape}, size={target:shape}): the number of sizes provided",
      "The expanded size of the tensor ({wanted:int}) isn't allowed in a leading, non-existing dimension {dim:int}",
      "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",
      "repeats must have the same size as input along dim",
    ],
    rule: expandRule,
    summary: "fewer sizes were given than the tensor has dimensions, or one that it cannot take",
    fixes: ["give one size for each dimension of the tensor (-1 keeps a size)"],
  },
  {
    kind: "reshape",
    seen: both,
    texts: ["shape '{target:shape}' is invalid for input of size {count:int}"],
    rule: reshapeRule,
    explain: explainReshape,
  },
  {
    kind: "reshape",
    seen: both,
    texts: [
      "only one dimension can be inferred",
      "cannot reshape tensor of 0 elements into shape {target:shape}",
      "invalid shape dimension {n:int}",
      "unflatten: Provided sizes {target:shape} don't multiply up to the size of dim {dim:int} ({size:int}) in the input tensor",
      "unflatten: Provided sizes {target:shape}",
      "requested size {rest:text} does not match",
      "flatten() has invalid args: start_dim cannot come after end_dim",
      "Trying to create tensor with negative dimension {n:int}: {target:shape}",
      "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)={size:int}",
      "pixel_unshuffle expects height to be divisible by downscale_factor, but input.size(-2)={size:int}",
    ],
    rule: reshapeRule,
    summary: "the sizes asked for cannot be made of this tensor",
    fixes: ["give sizes whose product is the number of elements, with at most one -1"],
  },
  {
    kind: "notContiguous",
    seen: both,
    texts: ["view size is not compatible with input tensor's size and stride"],
    rule: "view only looks at memory in another way; after transpose, permute or a slice the elements no longer stand in that order.",
    explain: (found) => ({
      summary: `${found.operands[0]?.name ?? "the tensor"} is not contiguous, so view cannot be used on it`,
      fixes: [viewToReshape(found)],
    }),
  },
  {
    kind: "storage",
    seen: both,
    texts: [
      "setStorage: sizes {sizes:shape}, strides {strides:text}, storage offset {n:int}",
      "shape mismatch: value tensor of shape {value:shape} cannot be broadcast to indexing result of shape {indexed:shape}",
    ],
    rule: "What is asked for must lie inside the memory of the tensor, and what is assigned must fit the place.",
    summary: "the sizes reach beyond what is there",
  },
];

function viewToReshape({ expression, frame }: Parameters<NonNullable<Rule["explain"]>>[0]) {
  const words = "use .reshape(…) in place of .view(…); it copies where it must";
  const once = expression?.split(".view(").length === 2 && frame?.expression === expression;
  if (
    !once ||
    !frame ||
    frame.column === undefined ||
    frame.endColumn === undefined ||
    (frame.endLine !== undefined && frame.endLine !== frame.line)
  )
    return { text: words };
  const { file, line, column, endColumn } = frame;
  return {
    text: words,
    edit: {
      place: { file, line, column, endColumn },
      was: expression ?? "",
      text: (expression ?? "").replace(".view(", ".reshape("),
    },
  };
}
