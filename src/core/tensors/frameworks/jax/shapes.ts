import { broadcastRule, explainBroadcast } from "../../families/broadcast";
import { explainMatmul, matmulRule } from "../../families/matmul";
import { explainReshape, reshapeRule } from "../../families/reshape";
import { concatRule, explainConcat, explainStack, stackRule } from "../../families/stacking";
import type { Rule } from "../../rule";

const seen = ["0.10"];

/** Operations on shapes that do not fit. */
export const shapes: readonly Rule[] = [
  {
    kind: "einsum",
    seen,
    texts: [
      "Number of einsum subscripts, {subscripts:int}, must be equal to the number of operands, {operands:int}",
      "Einstein sum subscript {label:text} does not contain the correct number of indices for operand {operand:int}",
      "Output character {label:text} did not appear in the input",
      "Size of label {label:text} for operand {operand:int} ({got:int}) does not match previous terms ({needed:int})",
    ],
    rule: "In einsum every letter stands for one size, and an operand has one letter for each dimension.",
    summary: "the letters of einsum and the operands do not fit",
  },
  {
    kind: "expand",
    seen,
    texts: [
      "Cannot broadcast to shape with fewer dimensions: arr_shape={input:shape} shape={target:shape}",
      "got operand of shape {input:shape}, target broadcast shape {target:shape}",
      "shape must have length equal to the number of dimensions of x; {target:shape} vs {input:shape}",
      "number of output elements ({target:int}) doesn't match expected number of elements ({input:int})",
    ],
    rule: "An array is stretched only to shapes with at least as many dimensions, and only where its size is 1.",
    summary: "{input} cannot become {target}",
  },
  {
    kind: "axis",
    seen,
    texts: [
      "transpose permutation isn't a permutation of operand dimensions, got permutation {order:text} for operand shape {operand:shape}",
      "cannot select an axis to squeeze out which has size not equal to one, got shape={input:shape} and dimensions={axes:text}",
      "tensordot requires axes lists to have equal length",
      "can only specify one unknown axis size with a `-1` value, got {target:shape}",
      "Length of slice indices must match number of operand dimensions ({given:int} vs {input:shape})",
    ],
    rule: "Axes are named once each, and only an axis of size 1 can be dropped.",
    summary: "the axes named are not those of the array",
  },
  {
    kind: "index",
    seen,
    texts: [
      "Too many indices: array is {rank:int}-dimensional, but {given:int} were indexed",
      "Indexer must have integer or boolean type, got indexer with type {got:name}",
      "boolean index did not match shape of indexed array in index {n:int}: got {mask:shape}, expected {array:shape}",
      "JAX does not support string indexing",
      "indices must have an integer type",
    ],
    rule: "Indices are whole numbers, one for each dimension at most; a mask has the shape of the array.",
    summary: "the index does not fit the array",
  },
  {
    kind: "linearAlgebra",
    seen,
    texts: [
      "Argument to {function:text} must have shape [..., n, n], got {input:shape}",
      "inconsistent size for core dimension {label:text}: {a:int} vs {b:int}",
    ],
    rule: "This operation is defined for square matrices, and for right-hand sides that fit them.",
    summary: "the matrix does not have the shape that is needed",
  },
  {
    kind: "broadcast",
    seen,
    texts: [
      "select cases must have the same shapes, got [{operand:shapes}]",
      "requires min.shape == operand.shape or min.shape == (), got min.shape={min:shape}, operand.shape={operand:shape}",
      "jvp called with different primal and tangent shapes;Got primal shape {primal:shape} and tangent shape as {tangent:shape}",
      "argument to VJP function: got {got:shape}, but expected {needed:shape}",
      "must be 1D, got shapes [{operand:shapes}]",
      "{which:name} shape should be {needed:text}: but got {got:shape}",
      "lhs_shape={a:shape} rhs_shape={b:shape}",
      "Pred must be a scalar, got {value:text} of shape {pred:shape}",
      "pad_width with nd={n:int} has unsupported shape {width:shape}",
      "cond_fun must return a boolean scalar, but got output type(s) [ShapedArray({output:shape})]",
    ],
    needs: "framework",
    rule: "Operations of lax do not stretch their arguments: shapes must be the same.",
    summary: "the shapes do not fit",
  },
  {
    kind: "dtype",
    seen,
    texts: [
      "must be same dtype: got {a:word} and {b:name}",
      "requires real-valued inputs (input dtype that is a sub-dtype of np.floating), but got {got:name}",
    ],
    needs: "framework",
    rule: "Both sides of an operation of lax need the same element type, and gradients need floating point numbers.",
    summary: "the element types do not fit the operation",
    fixes: ["cast with .astype(jnp.float32)"],
  },
  {
    kind: "notTensor",
    seen,
    texts: [
      "is not a valid JAX array type. Only arrays of numeric types",
      "None is not a valid value for jnp.array",
      "unsupported operand type(s) for {operator:word}: 'jaxlib.{type:name}' and '{got:name}'",
      "unsupported operand type(s) for {operator:word}: 'ArrayImpl' and '{got:name}'",
      "requires ndarray or scalar arguments, got <class '{got:name}'>",
      "pytree structure error: {fault:text}",
    ],
    rule: "Functions of JAX take arrays and numbers, or trees of them with the same structure.",
    summary: "this is no array",
  },
  {
    kind: "broadcast",
    seen,
    texts: [
      "{operation:name} got incompatible shapes for broadcasting: {operand:shapes}",
      "Incompatible shapes for broadcasting: shapes=[{operand:shapes}]",
      "Incompatible shapes for broadcasting: {operand:shapes}",
      "Incompatible types for broadcasting: input type={input:shape} and requested type={requested:shape}",
      "Incompatible shapes for broadcasting: {input:shape} and requested shape {requested:shape}",
      "{operation:name}: arrays must have same number of dimensions, got {operand:shapes}",
      "arrays must have same number of dimensions, got {operand:shapes}",
      "{operation:name} requires all operands to have {rest:text}, got {operand:shapes}",
    ],
    rule: broadcastRule,
    explain: explainBroadcast,
  },
  {
    kind: "matmul",
    seen,
    texts: [
      "Incompatible types for matmul arguments: {a:shape} and {b:shape}",
      "Incompatible shapes for matmul arguments: {a:shape} and {b:shape}",
      "Incompatible shapes for dot: got {a:shape} and {b:shape}",
    ],
    rule: matmulRule,
    explain: explainMatmul,
  },
  {
    kind: "matmul",
    seen,
    texts: [
      "dot_general requires contracting dimensions to have the same shape, got {first:shape} and {second:shape}",
      "dot_general requires {rest:text} to have the same {what:text}, got {first:shape} and {second:shape}",
      "matmul input operand {operand:int} must have ndim at least {needed:int}, but it has ndim {rank:int}",
      "dot_general {fault:text}",
    ],
    rule: matmulRule,
    explain: (found) =>
      found.isRecorded && found.operands.length > 1
        ? explainMatmul(found)
        : {
            summary: found.words.first
              ? `the sizes that are summed over are ${found.words.first} and ${found.words.second}`
              : "the operands have no such product",
            fixes: [{ text: "transpose one of the two with .T if rows and columns are swapped" }],
          },
  },
  {
    kind: "concat",
    seen,
    texts: [
      "Cannot concatenate arrays with shapes that differ in dimensions other than the one being concatenated: concatenating along dimension {dim:int} for shapes {operand:shapes}",
      "Cannot concatenate arrays with different numbers of dimensions: got {operand:shapes}",
      "Zero-dimensional arrays cannot be concatenated",
    ],
    rule: concatRule,
    explain: explainConcat,
  },
  {
    kind: "stack",
    seen,
    texts: ["All input arrays must have the same shape. Got {operand:shapes}"],
    rule: stackRule,
    explain: explainStack,
  },
  {
    kind: "reshape",
    seen,
    texts: [
      "cannot reshape array of shape {source:shape} (size {count:int}) into shape {target:shape}",
      "reshape total size must be unchanged, got new_sizes {target:shape} for shape {source:shape}",
    ],
    rule: reshapeRule,
    explain: explainReshape,
  },
  {
    kind: "dtype",
    seen,
    texts: [
      "{operation:name} requires arguments to have the same dtypes, got {a:word}, {b:word}. (Tip",
      "requires arguments to have the same dtypes, got {a:word}, {b:word}",
      "does not accept dtype {got:name}",
      "requires real- or complex-valued inputs (input dtype that is a sub-dtype of np.inexact), but got {got:name}",
      "grad requires real-valued outputs {rest:text}",
      "must be of floating-point type, got {got:name}",
    ],
    rule: "Both sides of an operation of lax need the same element type, and gradients need floating point numbers.",
    summary: "the element types do not fit the operation",
    fixes: ["cast with .astype(jnp.float32), or use jnp in place of lax, which brings types together"],
  },
  {
    kind: "conv",
    seen,
    texts: [
      "conv_general_dilated lhs feature dimension size divided by feature_group_count must equal the rhs input feature dimension size, but {got:int} // {groups:int} != {needed:int}",
      "conv_general_dilated {fault:text}",
      "convolution requires lhs and rhs ndim to be equal, got {a:int} and {b:int}",
    ],
    rule: "A convolution needs as many input channels as its kernel; the layout says where they stand.",
    summary: "the input has {got} channels and the kernel {needed}",
    fixes: ['name the layout in dimension_numbers, such as ("NHWC", "HWIO", "NHWC"), or transpose the input'],
  },
  {
    kind: "slice",
    seen,
    texts: [
      "slice slice_sizes must be less than or equal to operand shape, got slice_sizes {part:shape} for operand shape {operand:shape}",
      "dynamic_update_slice update shape must be smaller than operand shape, got update shape {part:shape} for operand shape {operand:shape}",
      "{function:name} slice_sizes must be less than or equal to operand shape, got slice_sizes {part:shape} for operand shape {operand:shape}",
      "slice limit_indices must be less than or equal to operand shape, got limit_indices {part:shape} for operand shape {operand:shape}",
      "pad {fault:text} got {part:shape}",
    ],
    rule: "A slice must lie inside the array that it is taken from or put into.",
    summary: "a part of {part} does not lie in {operand}",
  },
];
