import { broadcastRule, explainBroadcast } from "../../families/broadcast";
import { explainMatmul, matmulRule } from "../../families/matmul";
import { explainReshape, reshapeRule } from "../../families/reshape";
import { concatRule, explainConcat, explainStack, stackRule } from "../../families/stacking";
import type { Rule } from "../../rule";

const both = ["1.24", "2.4"];

/** Broadcasting, products, reshaping and joining. */
export const shapes: readonly Rule[] = [
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
      "Need at least one array to {verb:word}",
      "negative dimensions are not allowed",
      "buffer size must be a multiple of element size",
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
