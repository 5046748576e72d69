import { broadcastRule, explainBroadcast } from "../../families/broadcast";
import { embeddingRule, explainEmbedding } from "../../families/embedding";
import { explainMatmul, matmulRule } from "../../families/matmul";
import { explainReshape, reshapeRule } from "../../families/reshape";
import { concatRule, explainConcat, explainStack, stackRule } from "../../families/stacking";
import type { Rule } from "../../rule";

const seen = ["2.21"];

/** Operations on shapes that do not fit. */
export const shapes: readonly Rule[] = [
  {
    kind: "index",
    seen,
    texts: [
      "indices[{at:text}] = {index:shape} does not index into param shape {tensor:shape}",
      "indices[{at:text}] = {index:shape} does not index into shape {tensor:shape}",
      "Outer dimensions of indices and update must match. Indices shape: {indices:shape}, updates shape:{updates:shape}",
      "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are valid indices",
      "Expected begin and size arguments to be 1-D tensors of size {needed:int}, but got shapes {begin:shape} and {size:shape}",
    ],
    rule: "An index has one entry for each dimension, below its size.",
    summary: "the index does not fit the tensor",
  },
  {
    kind: "rank",
    seen,
    texts: [
      "In[0] ndims must be >= {needed:int}",
      "should be a matrix, got shape {input:shape}",
      "must have either {needed:text} dimensions.",
      "Expected multiples argument to be a vector of length {needed:int} but got length {got:int}",
      "The first dimension of paddings must be the rank of inputs{paddings:shape} {input:shape}",
    ],
    needs: "framework",
    rule: "This operation takes tensors of a certain number of dimensions.",
    summary: "the tensor does not have the dimensions that are needed",
    fixes: ["add a dimension with tf.expand_dims(x, 0)"],
  },
  {
    kind: "matmul",
    seen,
    texts: [
      "Cannot multiply A and B because inner dimension does not match: {left:int} vs. {right:int}",
      "Input matrix and rhs are incompatible",
      "Must provide as many biases as the last dimension of the input tensor: {bias:shape} vs. {input:shape}",
    ],
    rule: matmulRule,
    summary: "the two sizes that must be equal are not",
  },
  {
    kind: "loopShape",
    seen,
    texts: ["'{name:name}' has shape {before:shape} before the loop, but shape {after:shape} after one iteration"],
    rule: "What a loop carries keeps its shape from step to step, unless a shape invariant says otherwise.",
    summary: "{name} is {before} before the loop and {after} after one step",
    fixes: ["collect the parts in a tf.TensorArray, or declare the size that grows as None in shape_invariants"],
  },
  {
    kind: "matmul",
    seen,
    texts: [
      "Matrix size-incompatible: In[0]: {a:shape}, In[1]: {b:shape}",
      "In[0] mismatch In[1] shape: {left:int} vs. {right:int}: {a:shape} {b:shape}",
      "In[0] and In[1] must have compatible batch dimensions: {a:shape} vs. {b:shape}",
      "In[0] and In[1] has different ndims: {a:shape} vs. {b:shape}",
      "In[0] ndims must be >= {needed:int}: {rank:int}",
      "Inner dimensions of {rest:text}: {a:shape} vs. {b:shape}",
      "Dimensions must be equal, but are {left:int} and {right:int} for '{{node {node:word}}} = {operation:name}MatMul{rest:text}' with input shapes: {a:shape}, {b:shape}",
      "Dimensions must be equal, but are {left:int} and {right:int} for '{{node {node:word}}} = MatMul{rest:text}' with input shapes: {a:shape}, {b:shape}",
    ],
    rule: matmulRule,
    explain: explainMatmul,
  },
  {
    kind: "broadcast",
    seen,
    texts: [
      "Dimensions must be equal, but are {left:int} and {right:int} for '{{node {node:word}}} = {rest:text}' with input shapes: {operand:shapes}",
      "Dimensions must be equal, but are {left:int} and {right:int}",
      "Incompatible shapes: {a:shape} vs. {b:shape}",
      "required broadcastable shapes",
      "condition {a:shape}, then {b:shape}, and else {c:shape} must be broadcastable",
      "Shapes must be equal rank, but are {left:int} and {right:int} for '{{node {node:word}}} = {rest:text}' with input shapes: {operand:shapes}",
      "Shapes must be equal rank, but are {left:int} and {right:int}",
      "Shape must be rank {needed:int} but is rank {rank:int} for '{{node {node:word}}} = {rest:text}' with input shapes: {operand:shapes}",
      "Dimension {dim:int} in both shapes must be equal, but are {left:int} and {right:int}. Shapes are {a:shape} and {b:shape}",
    ],
    rule: broadcastRule,
    explain: (found) => (/ConcatV2/.test(found.words.rest ?? "") ? explainConcat(found) : explainBroadcast(found)),
  },
  {
    kind: "concat",
    seen,
    texts: [
      "ConcatOp : Dimension {differs:int} in both shapes must be equal: shape[0] = {first:shape} vs. shape[{part:int}] = {second:shape}",
      "ConcatOp : Ranks of all input tensors should match: shape[0] = {first:shape} vs. shape[{part:int}] = {second:shape}",
      "ConcatOp : Expected concatenating dimensions in the range {rest:text}",
    ],
    rule: concatRule,
    explain: explainConcat,
  },
  {
    kind: "stack",
    seen,
    texts: [
      "Shapes of all inputs must match: values[0].shape = {first:shape} != values[{part:int}].shape = {second:shape}",
      "Cannot batch tensors with different shapes in component {n:int}. First element had shape {first:shape} and element {m:int} had shape {second:shape}",
    ],
    rule: stackRule,
    explain: (found) =>
      found.words.m === undefined
        ? explainStack(found)
        : {
            ...explainStack({ ...found, context: `${found.context} collate` }),
            fixes: [{ text: "resize or pad every element, or use padded_batch or ragged_batch" }],
          },
  },
  {
    kind: "reshape",
    seen,
    texts: [
      "Input to reshape is a tensor with {count:int} values, but the requested shape has {product:int}",
      "Input to reshape is a tensor with {count:int} values, but the requested shape requires a multiple of {product:int}",
      "Cannot reshape a tensor with {count:int} elements to shape {target:shape} ({product:int} elements)",
      "Only one input size may be -1, not both {a:int} and {b:int}",
      "The total size of the tensor must be unchanged. Received: input_shape={source:shape}, target_shape={target:shape}",
    ],
    rule: reshapeRule,
    explain: (found) =>
      found.words.product !== undefined && !found.shape("target")
        ? {
            summary: `the tensor has ${found.words.count} elements and the new shape needs ${found.words.product}`,
            fixes: [{ text: "give sizes whose product is the number of elements; -1 for the batch" }],
          }
        : explainReshape(found),
  },
  {
    kind: "axis",
    seen,
    texts: [
      "Invalid reduction dimension ({got:int} for input with {rank:int} dimension(s)",
      "Invalid reduction dimension {got:int} for input with {rank:int} dimensions",
      "Tried to squeeze dim index {got:int} for tensor with {rank:int} dimensions",
      "is missing from {{order:text}}",
      "Argument `axis` = {got:int} not in range [{low:int}, {high:int})",
      "transpose expects a vector of size {needed:int}. But input(1) is a vector of size {got:int}",
      "Expected dimension in the range {range:text}, but got {got:int}",
      "Tried to expand dim index {got:int} for tensor with {rank:int} dimensions",
      "Can not squeeze dim[{dim:int}], expected a dimension of 1, got {size:int}",
      "Can not squeeze dim[{dim:int}]",
      "Invalid reduction arguments: {fault:text}",
    ],
    rule: "A tensor with n dimensions has the axes 0 to n-1, or -n to -1 from the end.",
    summary: "the axis is not one of the tensor",
    fixes: ["compare the axis with the rank, or add a dimension with tf.expand_dims"],
    needs: "framework",
  },
  {
    kind: "einsum",
    seen,
    texts: [
      "Expected dimension {needed:int} at axis {axis:int} of the input shaped {input:shape} but got dimension {got:int}",
      "Expected input {n:int} to have rank {needed:int} but got",
      "Einsum {fault:text}",
    ],
    rule: "In einsum every letter stands for one size, the same in all operands.",
    summary: "axis {axis} of {input} has {got} and the letter stands for {needed}",
    needs: "framework",
  },
  {
    kind: "conv",
    seen,
    texts: [
      "output depth must be evenly divisible by number of groups: {outputs:int} vs {groups:int}",
      "input depth must be evenly divisible by filter depth: {got:int} vs {needed:int}",
      "input and filter must have the same depth: {got:int} vs {needed:int}",
      "Depth of input ({got:int}) is not a multiple of input depth of filter ({needed:int})",
      "The number of input channels must be evenly divisible by the number of groups. Received groups={groups:int}, but the input has {got:int} channels",
      "Computed output size would be {fault:text}",
      "{what:text} Received `inputs shape={input:shape}`, `kernel shape={kernel:shape}`",
      "input must be {needed:int}-dimensional: {input:shape}",
      "filter must be {needed:int}-dimensional: {filter:shape}",
      "input must be {needed:int}-dimensional{input:shape}",
      "Negative dimension size caused by subtracting {kernel:int} from {size:int}",
    ],
    rule: "A convolution needs the channels of its input where its kernel expects them: last, unless channels_first is set.",
    summary: "the input does not have the channels or the size that the kernel needs",
    fixes: [
      "put the channels last: tf.transpose(x, [0, 2, 3, 1])",
      "add the missing batch or channel dimension with x[None] or x[..., None]",
    ],
    needs: "framework",
  },
  {
    kind: "lossShape",
    seen,
    texts: [
      "logits and labels must be broadcastable: logits_size={logits:shape} labels_size={labels:shape}",
      "logits and labels must have the same first dimension, got logits shape {logits:shape} and labels shape {labels:shape}",
      "`labels.shape` must equal `logits.shape` except for the last dimension. Received: labels.shape={labels:shape} and logits.shape={logits:shape}",
      "`logits` and `labels` must have the same shape, received ({logits:shape} vs {labels:shape})",
    ],
    rule: "Logits and one-hot labels have the same shape; labels as class numbers lack the last dimension.",
    summary: "the logits are {logits} and the labels {labels}",
    fixes: ["use the sparse loss for class numbers, the other one for one-hot labels"],
  },
  {
    kind: "labelRange",
    seen,
    texts: ["Received a label value of {label:int} which is outside the valid range of [{low:int}, {high:int})"],
    rule: "With C classes the labels are 0 to C-1.",
    summary: "the label {label} is outside the classes {low} to {high} - 1",
    fixes: [
      "let labels begin at 0: subtract 1 if they begin at 1",
      "make the last layer as wide as the largest label + 1",
    ],
  },
  {
    kind: "embeddingRange",
    seen,
    texts: ["indices[{at:text}] = {index:int} is not in [0, {rows:int})"],
    rule: embeddingRule,
    explain: explainEmbedding,
  },
  {
    kind: "index",
    seen,
    texts: [
      "slice index {index:int} of dimension {dim:int} out of bounds",
      "Index out of range using input dim {dim:int}; input has only {rank:int} dims",
      "Expected begin[{n:int}] in [{range:text}], but got {got:int}",
      "Expected size[{n:int}] in [{range:text}], but got {got:int}",
      "Attempting to slice scalar input",
      "Number of ways to split should evenly divide the split dimension, but got split_dim {dim:int} (size = {size:int}) and num_split {parts:int}",
      "Determined shape must either match input shape along split_dim exactly",
    ],
    rule: "An index or a part must lie inside its dimension.",
    summary: "what is asked for does not lie in the tensor",
    fixes: ["compare it with .shape"],
  },
  {
    kind: "compatibleShapes",
    seen,
    texts: [
      "Shapes {a:shape} and {b:shape} are incompatible",
      "Shape of tensor {which:name} {tensor:shape} is not compatible with expected shape {needed:shape}",
      "Cannot update variable with shape {variable:shape} using a Tensor with shape {value:shape}",
      "Incompatible shape for value ({value:shape}), expected ({needed:shape})",
      "The padded shape {padded:shape} is not compatible with the shape {input:shape}",
      "has {count:int} elements, but got `shape` {target:shape} with {product:int} elements",
      "Dimensions {left:int} and {right:int} are not compatible",
      "Shapes {a:shape} and {b:shape} must have the same rank",
      "Tensor's shape {a:shape} is not compatible with supplied shape {b:shape}",
      "Shape mismatch.The variable shape {variable:shape}, and the assigned value shape {value:shape} are incompatible",
      "Shape mismatch. The variable shape {variable:shape}, and the assigned value shape {value:shape} are incompatible",
      "Shape {a:shape} is incompatible with {b:shape}",
      "Tensor shape={tensor:shape} dtype={dtype:name} dimension {dim:int} must have size {needed:int}. Received size {got:int}, shape {again:shape}",
      "dimension {dim:int} must have size {needed:int}. Received size {got:int}",
      "Specified explicitly. Tensor {rest:text} must have",
      "yielded an element of shape {got:shape} where an element of shape {needed:shape} was expected",
      "Can not cast TensorSpec(shape={given:shape}, dtype={da:name}, name={na:word}) to TensorSpec(shape={signature:shape}",
      "Cannot convert value {value:text} to a TensorFlow {rest:text}",
      "Cannot assign value to variable '{variable:text}': Shape mismatch",
    ],
    rule: "What is given must have the shape that was declared, where None stands for any size.",
    explain: ({ words, operands, isRecorded }) => ({
      operands: isRecorded || words.again === undefined ? operands : operands.slice(0, 1),
      summary:
        operands.length > 1 && words.again === undefined
          ? `${operands[0]?.name ?? "one"} is [${operands[0]?.shape.map((size) => size ?? "?").join(", ")}] and ${operands[1]?.name ?? "the other"} [${operands[1]?.shape.map((size) => size ?? "?").join(", ")}]`
          : "a shape is not the one that was declared",
      fixes: [{ text: "declare None for sizes that vary, or bring the value to the declared shape" }],
    }),
  },
];
