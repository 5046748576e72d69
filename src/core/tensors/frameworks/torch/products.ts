import { explainMatmul, matmulRule } from "../../families/matmul";
import type { Rule } from "../../rule";

const both = ["1.13", "2.13"];

/** Products of matrices, batches of them and vectors; linear algebra. */
export const products: readonly Rule[] = [
  {
    kind: "matmul",
    seen: both,
    texts: [
      "mat1 and mat2 shapes cannot be multiplied ({mat1:shape} and {mat2:shape})",
      "a and b must have same reduction dim, but got {a:shape} X {b:shape}",
      "mat1 dim 1 must match mat2 dim 0 ({mat1:shape} and {mat2:shape})",
      "size mismatch, m1: {m1:shape}, m2: {m2:shape}",
      "Incompatible matrix sizes for {function:name} ({a:shape} and {b:shape})",
      "X1 and X2 must have the same number of columns. X1: {a:int} X2: {b:int}",
    ],
    rule: matmulRule,
    explain: explainMatmul,
  },
  {
    kind: "matmul",
    seen: both,
    texts: [
      "size mismatch, got input ({result:int}), mat ({matrix:shape}), vec ({vector:int})",
      "size mismatch, got {result:int}, {matrix:shape},{vector:int}",
    ],
    rule: "A matrix times a vector needs as many elements in the vector as the matrix has columns.",
    explain: (found) => {
      const [matrix, vector] = [found.operands[0], Number(found.words.vector)];
      const written = matrix ? [matrix, { name: found.parts?.arguments[1] ?? "vector", shape: [vector] }] : [];
      return {
        operands: found.isRecorded ? found.operands : written,
        summary: `the matrix is ${found.words.matrix} and the vector has ${vector} elements`,
        fixes: [{ text: "pass a vector with as many elements as the matrix has columns, or transpose the matrix" }],
      };
    },
  },
  {
    kind: "matmul",
    seen: both,
    texts: [
      "Expected size for first two dimensions of batch2 tensor to be: {needed:shape} but got: {got:shape}",
      "batch1 and batch2 must have same number of batches, got {a:int} and {b:int}",
      "Expected target sizes to be {needed:text}, but got {got:text}",
      "Expected tensor to have size {needed:int} at dimension {dim:int}, but got size {got:int} for argument #{n:int} 'batch2'",
    ],
    rule: "Batched products need the same batch size, and the last size of the first to be the second-to-last of the second.",
    summary: "{function} needs a second batch of {needed} and got {got}",
    fixes: ["transpose the second with .transpose(-1, -2) if its last two dimensions are swapped"],
  },
  {
    kind: "matmul",
    seen: both,
    texts: [
      "{which:name} must be a matrix, got {rank:int}-D tensor",
      "{which:name} must be a matrix",
      "{which:name} must be a 3D tensor",
      "vector + matrix @ vector expected, got {a:int}, {b:int}, {c:int}",
      "addmv: expected {rest:text}",
      "1D tensors expected, but got {a:word} and {b:word} tensors",
      "both arguments to matmul need to be at least 1D, but they are {a:word} and {b:word}",
      "both arguments to linear need to be at least 1D, but they are {a:word} and {b:word}",
      "outer: Expected 1-D argument {which:name}, but got {rank:int}-D",
      "{which:text}: Expected tensor to be at least {needed:int}-D, but got {rank:int}-D",
    ],
    rule: "Each kind of product takes tensors of a fixed number of dimensions: dot vectors, mm matrices, bmm batches of matrices.",
    summary: "an operand has the wrong number of dimensions for this product",
    fixes: ["use @ (torch.matmul), which takes any number of dimensions", "add a missing dimension with .unsqueeze(0)"],
  },
  {
    kind: "matmul",
    seen: both,
    texts: [
      "inconsistent tensor size, expected tensor {a:shape} and src {b:shape} to have the same number of elements",
      "contracted dimensions need to match, but first has size {a:int} in dim {at:int} and second has size {b:int} in dim {bt:int}",
      "both dimension lists should have same length",
      "chain_matmul: {rest:text}",
      "multi_dot(): {rest:text} cannot be multiplied",
      "inputs dimension {dim:int} must have length 3. Got {a:int} and {b:int}",
      "linalg.cross: inputs dimension {dim:int} must have length 3. Got {a:int} and {b:int}",
    ],
    rule: "The dimensions that a product sums over must have the same size.",
    explain: (found) =>
      found.operands.length === 2 ? explainMatmul(found) : { summary: "the sizes that are summed over differ" },
  },
  {
    kind: "einsum",
    seen: both,
    texts: [
      "einsum(): subscript {label:word} has size {b:int} for operand {operand:int} which does not broadcast with previously seen size {a:int}",
    ],
    rule: "In einsum every letter stands for one size, the same in all operands (or 1).",
    summary: "{label} is {a} before and {b} in operand {operand}",
    fixes: ["give the second dimension a letter of its own, or transpose that operand's letters"],
  },
  {
    kind: "einsum",
    seen: both,
    texts: [
      "einsum(): the number of subscripts in the equation ({subscripts:int}) does not match the number of dimensions ({rank:int}) for operand {operand:int}",
      "einsum(): the number of subscripts in the equation ({subscripts:int}) is more than the number of dimensions ({rank:int}) for operand {operand:int}",
    ],
    rule: "In einsum an operand needs one letter for each dimension; `...` stands for all others.",
    summary: "operand {operand} has {rank} dimensions and {subscripts} letters",
    fixes: ["write as many letters as it has dimensions, or add `...`"],
  },
  {
    kind: "einsum",
    seen: both,
    texts: [
      "einsum(): {fault:text} operands were provided than specified in the equation",

      "einsum(): operands do not broadcast",
      "einsum(): {fault:text}",
    ],
    rule: "The equation of einsum needs one group of letters for each operand, between commas.",
    summary: "the equation and the operands do not fit",
  },
  {
    kind: "linearAlgebra",
    seen: both,
    texts: [
      "linalg.{function:name}: The diagonal element {n:int} is zero, the inversion could not be completed",
      "linalg.{function:name}: The solver failed because the input matrix is singular",
      "linalg.{function:name}: The factorization could not be completed because the input is not positive-definite",
      "linalg.{function:name}: The algorithm failed to converge",
      "{function:name}: {which:name} must be batches of square matrices, but they are {a:int} by {b:int} matrices",
      "linalg.{function:name}: A must be batches of square matrices, but they are {a:int} by {b:int} matrices",
      "linalg.{function:name}: {fault:text}",
      "linalg.{function:name}({operand:word}): {fault:text}",
      "torch.linalg.{function:name}: {fault:text}",
    ],
    rule: "This operation is defined only for certain matrices: square ones, invertible ones or positive-definite ones.",
    summary: "the matrix cannot be treated by {function}",
    fixes: ["look at its shape and values; a small multiple of the identity added to it often makes it invertible"],
  },
];
