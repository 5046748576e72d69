import { explainMemory } from "../../families/memory";
import type { Rule } from "../../rule";

const both = ["1.24", "2.4"];

/** Element types, values and memory. */
export const values: readonly Rule[] = [
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
    needs: "class",
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
