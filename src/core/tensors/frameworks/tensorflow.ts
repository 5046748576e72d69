import { broadcastRule, explainBroadcast } from "../families/broadcast";
import { dtypeRule, explainDtype } from "../families/dtype";
import { embeddingRule, explainEmbedding } from "../families/embedding";
import { explainMatmul, matmulRule } from "../families/matmul";
import { explainMemory, memoryRule } from "../families/memory";
import { explainReshape, reshapeRule } from "../families/reshape";
import { concatRule, explainConcat, explainStack, stackRule } from "../families/stacking";
import type { FrameworkRules, Rule } from "../rule";

const seen = ["2.21"];

const shapes: readonly Rule[] = [
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
      "transpose expects a vector of size {needed:int}. But input(1) is a vector of size {got:int}",
      "Expected dimension in the range {range:text}, but got {got:int}",
      "Tried to expand dim index {got:int} for tensor with {rank:int} dimensions",
      "Can not squeeze dim[{dim:int}], expected a dimension of 1, got {size:int}",
      "Can not squeeze dim[{dim:int}]",
      "Invalid reduction arguments: {fault:text}",
      "{got:int} is out of range [{range:text})",
      "must be in the range [{range:text})",
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
      "Shapes {a:shape} and {b:shape} must have the same rank",
      "Tensor's shape {a:shape} is not compatible with supplied shape {b:shape}",
      "Shape mismatch.The variable shape {variable:shape}, and the assigned value shape {value:shape} are incompatible",
      "Shape mismatch. The variable shape {variable:shape}, and the assigned value shape {value:shape} are incompatible",
      "Shape {a:shape} is incompatible with {b:shape}",
      "Tensor shape={tensor:shape} dtype={dtype:name} dimension {dim:int} must have size {needed:int}. Received size {got:int}, shape {again:shape}",
      "dimension {dim:int} must have size {needed:int}. Received size {got:int}",
      "Specified explicitly. Tensor {rest:text} must have",
      "yielded an element of shape {got:shape} where an element of shape {needed:shape} was expected",
      "'{name:name}' has shape {before:shape} before the loop, but shape {after:shape} after one iteration",
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

const others: readonly Rule[] = [
  {
    kind: "dtype",
    seen,
    texts: [
      "cannot compute {operation:name} as input #{n:int}(zero-based) was expected to be a {needed:name} tensor but is a {got:name} tensor",
      "Cast {a:name} to {b:name} is not supported",
      "Tensor conversion requested dtype {needed:name} for Tensor with dtype {got:name}",
      "Value for attr '{attribute:name}' of {got:name} is not in the list of allowed values",
      "Cannot convert {got:text} to EagerTensor of dtype {needed:name}",
      "has type {got:name} that does not match type {needed:name} of argument",
      "has type {got:name} that does not match expected type of {needed:name}",
    ],
    rule: dtypeRule,
    explain: explainDtype,
  },
  {
    kind: "ragged",
    seen,
    texts: [
      "Can't convert non-rectangular Python sequence to Tensor",
      "Attempt to convert a value ({value:text}) with an unsupported type",
      "Failed to convert a NumPy array to a Tensor (Unsupported object type {got:name})",
    ],
    rule: "A tensor is made of numbers in rows of the same length.",
    summary: "this cannot be made into a tensor",
    fixes: ["pad the rows, or use tf.ragged.constant"],
  },
  {
    kind: "immutable",
    seen,
    texts: [
      "EagerTensor' object does not support item assignment",
      "SymbolicTensor' object does not support item assignment",
      "ResourceVariable' object does not support item assignment",
    ],
    rule: "Tensors of TensorFlow cannot be changed.",
    summary: "{0} cannot be assigned to",
    fixes: ["use tf.tensor_scatter_nd_update, or a tf.Variable with .assign"],
  },
  {
    kind: "tracing",
    seen,
    texts: [
      "Cannot convert a symbolic tf.Tensor ({tensor:text}) to a numpy array",
      "Using a symbolic `tf.Tensor` as a Python `bool` is not allowed",
      "Iterating over a symbolic `tf.Tensor` is not allowed",
      "is out of scope and cannot be used here",
      "A KerasTensor cannot be used as input to a TensorFlow function",
      "A KerasTensor is symbolic",
      "A KerasTensor cannot be converted to a {rest:text}",
    ],
    rule: "Inside tf.function and models tensors have a shape and no values.",
    summary: "the code needs a value that is not there while the graph is built",
    fixes: ["use operations of tf or keras.ops, or wrap the code in a layer"],
  },
  {
    kind: "outOfMemory",
    seen,
    texts: [
      "OOM when allocating tensor with shape{tensor:shape} and type {type:name} on {device:word}",
      "failed to allocate memory",
      "Failed to allocate request for {wanted:number}{wantedUnit:name}",
    ],
    needs: "framework",
    rule: memoryRule,
    explain: (found) => ({
      ...explainMemory(found),
      summary: found.words.tensor
        ? `a ${found.words.type} tensor of ${found.words.tensor} did not fit into memory`
        : "memory ran out",
      fixes: [
        { text: "use a smaller batch, or look where this shape comes from" },
        { text: "tf.config.experimental.set_memory_growth leaves memory to others" },
      ],
    }),
  },
  {
    kind: "notFinite",
    seen,
    texts: ["Tensor had NaN values", "Tensor had Inf values", "Tensor had Inf and NaN values"],
    rule: "A value became nan or infinite: a root or logarithm of 0, a division by 0, or too large a step.",
    summary: "a tensor holds nan or infinite values",
    fixes: ["tf.debugging.enable_check_numerics() names the first operation that made one"],
  },
  {
    kind: "linearAlgebra",
    seen,
    texts: [
      "Input matrix is not invertible",
      "Cholesky decomposition was not successful",
      "Input matrix must be square",
      "Input matrices must be square",
    ],
    needs: "framework",
    rule: "This operation is defined only for certain matrices.",
    summary: "the matrix cannot be treated by this operation",
  },
  {
    kind: "ambiguousTruth",
    seen,
    texts: ["The truth value of an array with more than one element is ambiguous"],
    rule: "if needs one truth value; a tensor has one for each element.",
    summary: "{0} has many elements, and one truth value is needed",
    fixes: ["use tf.reduce_any or tf.reduce_all"],
  },
];

export const tensorflow: FrameworkRules = {
  id: "tensorflow",
  module: "tensorflow",
  files: /[/\\>]tensorflow[/\\]/,
  classes: /^tensorflow\.|InvalidArgumentError|ResourceExhaustedError|UnimplementedError/,
  code: /\btf\./,
  rules: [...shapes, ...others],
};
