import { dtypeRule, explainDtype } from "../../families/dtype";
import { explainMemory, memoryRule } from "../../families/memory";
import type { Rule } from "../../rule";

const seen = ["2.21"];

/** Element types, tracing, memory and values. */
export const others: readonly Rule[] = [
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
      "Can't convert Python sequence with mixed types to Tensor",
      "do not form a valid RaggedTensor",
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
      "'SymbolicTensor' object has no attribute 'numpy'",
      "not 'SymbolicTensor'",
      "A symbolic KerasTensor cannot be used as a boolean",
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
      "Input is not invertible",
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
  {
    kind: "graphNode",
    seen,
    texts: ["Detected at node {node:word} defined at"],
    rule: "An operation of the graph failed while it ran; the lines after it tell where it was made.",
    explain: ({ words }) => {
      const operation = words.node?.split("/").at(-1)?.replace(/_\d+$/, "") ?? "";
      const kind = /CrossEntropy/.test(operation)
        ? "labelRange"
        : /MatMul/.test(operation)
          ? "matmul"
          : /Gather/.test(operation)
            ? "embeddingRange"
            : /Reshape/.test(operation)
              ? "reshape"
              : "graphNode";
      const fix =
        kind === "labelRange"
          ? "compare the labels with the width of the last layer: they run from 0 to its width - 1"
          : "run once with tf.config.run_functions_eagerly(True) to see the shapes";
      return { kind, summary: `the operation ${operation} failed while the graph ran`, fixes: [{ text: fix }] };
    },
    confidence: 0.5,
  },
];
