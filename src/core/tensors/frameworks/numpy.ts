import { broadcastRule, explainBroadcast } from "../families/broadcast";
import { explainMatmul, matmulRule } from "../families/matmul";
import { explainMemory } from "../families/memory";
import { explainReshape, reshapeRule } from "../families/reshape";
import { concatRule, explainConcat, explainStack, stackRule } from "../families/stacking";
import type { FrameworkRules, Rule } from "../rule";

const both = ["1.24", "2.4"];

const shapes: readonly Rule[] = [
  {
    kind: "broadcast",
    seen: both,
    texts: [
      "operands could not be broadcast together with remapped shapes [original->remapped]: {a:shape}->{ra:shape} {b:shape}->{rb:shape} {c:shape}->{rc:shape} and requested shape {requested:shape}",
      "operands could not be broadcast together with remapped shapes [original->remapped]: {a:shape}->{ra:shape} {b:shape}->{rb:shape} and requested shape {requested:shape}",
      "operands could not be broadcast together with remapped shapes [original->remapped]: {a:shape} and requested shape {requested:shape}",
      "operands could not be broadcast together with remapped shapes [original->remapped]: {a:shape}->{ra:shape} and requested shape {requested:shape}",
      "operands could not be broadcast together with remapped shapes [original->remapped]: {a:shape}->{ra:shape} {b:shape}->{rb:shape}",
      "operands could not be broadcast together with shapes {operand:shapes}",
      "shape mismatch: objects cannot be broadcast to a single shape. Mismatch is between arg {n:int} with shape {a:shape} and arg {m:int} with shape {b:shape}",
      "shape mismatch: objects cannot be broadcast to a single shape",
    ],
    rule: broadcastRule,
    explain: (found) => {
      const own = found.operands.filter(({ name }) => !/^r[abc]$/.test(name));
      return explainBroadcast({ ...found, operands: own });
    },
  },
  {
    kind: "broadcast",
    seen: both,
    texts: [
      "non-broadcastable output operand with shape {output:shape} doesn't match the broadcast shape {result:shape}",
    ],
    rule: "An operation in place cannot make its array larger.",
    summary: "{0} is {output} and the result would be {result}",
    fixes: ["use the operation that gives a new array: a = a + b in place of a += b"],
  },
  {
    kind: "assign",
    seen: both,
    texts: [
      "could not broadcast input array from shape {input:shape} into shape {place:shape}",
      "shape mismatch: value array of shape {input:shape} could not be broadcast to indexing result of shape {place:shape}",
      "NumPy boolean array indexing assignment cannot assign {given:int} input values to the {place:int} output values where the mask is true",
      "NumPy boolean array indexing assignment requires a {rest:text}",
    ],
    rule: "What is assigned must have the shape of the place it goes to, or broadcast to it.",
    summary: "what is assigned does not fit the place",
    fixes: ["compare the slice on the left with the shape on the right"],
  },
  {
    kind: "matmul",
    seen: both,
    texts: [
      "shapes {a:shape} and {b:shape} not aligned: {left:int} (dim {i:int}) != {right:int} (dim {j:int})",
      "shapes {a:shape} and {b:shape} not aligned",
    ],
    rule: matmulRule,
    explain: explainMatmul,
  },
  {
    kind: "matmul",
    seen: both,
    texts: [
      "{function:name}: Input operand {operand:int} has a mismatch in its core dimension {dim:int}, with gufunc signature {signature:word}{rest:text} (size {got:int} is different from {needed:int})",
      "Input operand {operand:int} has a mismatch in its core dimension {dim:int}, with gufunc signature {rest:text} (size {got:int} is different from {needed:int})",
    ],
    rule: matmulRule,
    explain: (found) =>
      found.isRecorded && found.operands.length > 1
        ? explainMatmul(found)
        : {
            summary: `dimension ${found.words.dim} of operand ${found.words.operand} has ${found.words.got} and needs ${found.words.needed}`,
            fixes: [{ text: "transpose one of the two with .T if rows and columns are swapped" }],
          },
  },
  {
    kind: "matmul",
    seen: both,
    texts: [
      "Input operand {operand:int} does not have enough dimensions (has {rank:int}, gufunc core with signature",
      "shape-mismatch for sum",
      "tensordot: {rest:text}",
      "both arrays must have {rest:text} to be crossed",
      "incompatible dimensions for cross product",
    ],
    rule: "A product needs operands with enough dimensions, and the same size where it sums.",
    summary: "the operands have no such product",
    fixes: ["use * for a single number"],
  },
  {
    kind: "einsum",
    seen: both,
    texts: [
      "einstein sum subscripts string contains {fault:text}",
      "operand has more dimensions than subscripts given in einstein sum",
      "more operands provided to einstein sum function than specified",
      "fewer operands provided to einstein sum function than specified",
      "dimensions in operand {operand:int} for collapsing index '{label:word}' don't match ({a:int} != {b:int})",
      "Size of label '{label:word}' for operand {operand:int} ({got:int}) does not match previous terms ({needed:int})",
      "einstein sum subscripts string {fault:text}",
      "Einstein sum subscript {label:word} does not contain the correct number of indices for operand {operand:int}",
    ],
    rule: "In einsum every letter stands for one size, and an operand has one letter for each dimension.",
    summary: "the letters of einsum and the operands do not fit",
  },
  {
    kind: "reshape",
    seen: both,
    texts: [
      "cannot reshape array of size {count:int} into shape {target:shape}",
      "can only specify one unknown dimension",
      "total size of new array must be unchanged",
      "cannot resize an array that references or is referenced by another array",
    ],
    rule: reshapeRule,
    explain: explainReshape,
  },
  {
    kind: "concat",
    seen: both,
    texts: [
      "all the input array dimensions except for the concatenation axis must match exactly, but along dimension {dim2:int}, the array at index {n:int} has size {needed:int} and the array at index {part:int} has size {got:int}",
      "all the input arrays must have same number of dimensions, but the array at index {n:int} has {a:int} dimension(s) and the array at index {m:int} has {b:int} dimension(s)",
      "zero-dimensional arrays cannot be concatenated",
    ],
    rule: concatRule,
    explain: explainConcat,
  },
  {
    kind: "stack",
    seen: both,
    texts: ["all input arrays must have the same shape", "all input arrays must have same shape"],
    rule: stackRule,
    explain: explainStack,
  },
  {
    kind: "emptyList",
    seen: both,
    texts: [
      "need at least one array to {verb:word}",
      "zero-size array to reduction operation {operation:name} which has no identity",
      "attempt to get {which:name} of an empty sequence",
    ],
    rule: "At least one element is needed.",
    summary: "{function} was given nothing",
    fixes: ["see why nothing was collected: an empty list, or a mask that selects nothing"],
  },
  {
    kind: "split",
    seen: both,
    texts: ["array split does not result in an equal division"],
    rule: "np.split needs parts of equal size.",
    summary: "the array cannot be split into equal parts",
    fixes: ["use np.array_split, whose parts may differ by one"],
  },
];

const indices: readonly Rule[] = [
  {
    kind: "axis",
    seen: both,
    texts: [
      "axis {got:int} is out of bounds for array of dimension {rank:int}",
      "axes don't match array",
      "repeated axis",
      "duplicate value in 'axis'",
      "axes must be {rest:text} dimensions",
      "`axis` must be {rest:text} array",
    ],
    rule: "An array with n dimensions has the axes 0 to n-1, or -n to -1 from the end.",
    summary: "{0} does not have the axes that are named",
    fixes: ["compare the axis with .ndim, or add a dimension with np.expand_dims"],
  },
  {
    kind: "mask",
    seen: both,
    texts: [
      "boolean index did not match indexed array along axis {dim:int}; size of axis is {needed:int} but size of corresponding boolean axis is {got:int}",
      "boolean index did not match indexed array along dimension {dim:int}; dimension is {needed:int} but corresponding boolean dimension is {got:int}",
      "Too many boolean indices; got {rest:text}",
    ],
    rule: "A mask needs the shape of the array that it selects from, or of its first dimensions.",
    summary: "the mask has {got} entries where the array has {needed} in dimension {dim}",
    fixes: ["make the mask from the array itself, such as x > 0"],
  },
  {
    kind: "index",
    seen: both,
    texts: [
      "too many indices for array: array is {rank:int}-dimensional, but {given:int} were indexed",
      "index {index:int} is out of bounds for axis {dim:int} with size {size:int}",
      "index {index:int} is out of bounds for size {size:int}",
      "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean arrays are valid indices",
      "arrays used as indices must be of integer (or boolean) type",
      "shape mismatch: indexing arrays could not be broadcast together with shapes {index:shapes}",
      "`indices` and `arr` must have the same number of dimensions",
      "indices and arr must have the same number of dimensions; {a:int} vs. {b:int}",
      "invalid entry in choice array",
      "too many indices for array",
      "only integer scalar arrays can be converted to a scalar index",
    ],
    rule: "Indices are whole numbers below the size of their dimension, one for each dimension at most.",
    summary: "the index does not fit the array",
    fixes: ["compare it with .shape; a loop runs to size - 1"],
  },
];

const values: readonly Rule[] = [
  {
    kind: "ragged",
    seen: both,
    isShared: true,
    texts: [
      "setting an array element with a sequence. The requested array has an inhomogeneous shape after {n:int} dimensions. The detected shape was {detected:shape} + inhomogeneous part",
      "setting an array element with a sequence",
      "Creating an ndarray from ragged nested sequences",
    ],
    rule: "All rows of an array have the same length.",
    summary: "the rows that the array is made of have different lengths",
    fixes: ["look for the row that is shorter or longer; pad the rows, or keep them in a list"],
  },
  {
    kind: "dtype",
    seen: both,
    texts: [
      "Cannot cast ufunc '{operation:name}' {which:text} from dtype('{a:name}') to dtype('{b:name}') with casting rule",
      "ufunc '{operation:name}' not supported for the input types",
      "ufunc '{operation:name}' did not contain a loop with signature matching types {types:text} -> ",
      "loop of ufunc does not support argument {n:int} of type {got:name}",
      "numpy boolean subtract, the `-` operator, is not supported",
      "numpy boolean negative, the `-` operator, is not supported",
      "Cannot cast array data from dtype('{a:name}') to dtype('{b:name}') according to the rule",
      "Python integer {n:int} out of bounds for {b:name}",
      "unsupported operand type(s) for {operator:word}: 'numpy.ndarray' and '{b:name}'",
      "array type float16 is unsupported in linalg",
    ],
    rule: "An operation needs element types that it knows and that fit its result.",
    summary: "the element types do not fit the operation",
    fixes: ["cast with .astype(…), or write x = x + y in place of x += y so that the result may have another type"],
  },
  {
    kind: "linearAlgebra",
    seen: both,
    texts: [
      "Last 2 dimensions of the array must be square",
      "Singular matrix",
      "Matrix is not positive definite",
      "SVD did not converge",
      "Eigenvalues did not converge",
      "{rank:int}-dimensional array given. Array must be at least two-dimensional",
      "{rank:int}-dimensional array given. Array must be two-dimensional",
      "Incompatible dimensions",
    ],
    needs: "framework",
    rule: "This operation is defined only for certain matrices: square ones, invertible ones or positive-definite ones.",
    summary: "the matrix cannot be treated by {function}",
    fixes: ["look at its shape and values; np.linalg.lstsq or pinv also take matrices without an inverse"],
  },
  {
    kind: "outOfMemory",
    seen: both,
    texts: [
      "Unable to allocate {wanted:number} {wantedUnit:name} for an array with shape {array:shape} and data type {type:name}",
    ],
    rule: "The main memory of the host has not enough room for this array.",
    explain: (found) => ({
      summary: `an array of ${found.words.array} needs ${found.words.wanted} ${found.words.wantedUnit}`,
      fixes:
        explainMemory(found)
          .fixes?.slice(0, 0)
          .concat([
            { text: "look at the shape: is one size far larger than meant? else use a smaller type, or work in parts" },
          ]) ?? [],
    }),
  },
  {
    kind: "ambiguousTruth",
    seen: both,
    isShared: true,
    texts: [
      "The truth value of an array with more than one element is ambiguous",
      "The truth value of an empty array is ambiguous",
    ],
    rule: "if, and, or and not need one truth value; an array has one for each element.",
    summary: "{0} has many elements, and one truth value is needed",
    fixes: ["use (…).any() or (…).all(), and & | ~ in place of and, or, not"],
  },
  {
    kind: "scalar",
    seen: both,
    isShared: true,
    texts: [
      "only 0-dimensional arrays can be converted to Python scalars",
      "only size-1 arrays can be converted to Python scalars",
      "only length-1 arrays can be converted to Python scalars",
      "can only convert an array of size 1 to a Python scalar",
      "len() of unsized object",
      "iteration over a 0-d array",
      "Only scalar arrays can be converted to Python scalars",
    ],
    rule: "float() and int() take an array of one element, and len() an array with a dimension.",
    summary: "{0} does not hold just the one number, or the dimension, that is needed",
    fixes: ["reduce it with .mean() or .sum(), or take one element"],
  },
];

/** NumPy, whose texts JAX and TensorFlow also show. */
export const numpy: FrameworkRules = {
  id: "numpy",
  module: "numpy",
  files: /[/\\>]numpy[/\\]|^<__array_function__/,
  classes: /^numpy\.|^_?(?:UFunc|AxisError|LinAlgError)/,
  code: /\bnp\.|\bnumpy\./,
  rules: [...shapes, ...indices, ...values],
};
