import { dtypeRule, explainDtype } from "../../families/dtype";
import type { Rule } from "../../rule";

const both = ["1.13", "2.13"];

/** Element types that do not fit. */
export const dtypes: readonly Rule[] = [
  {
    kind: "dtype",
    seen: [...both, "source"],
    texts: [
      "expected m1 and m2 to have the same dtype, but got: {a:dtype} != {b:dtype}",
      "expected m1 and m2 to have the same dtype, but got: {a:text} != {b:name}",
      "mat1 and mat2 must have the same dtype, but got {a:name} and {b:name}",
      "mat1 and mat2 must have the same dtype",
      "expected scalar type {a:name} but found {b:name}",
      "Expected object of scalar type {a:name} but got scalar type {b:name}",
      "Input type ({a:text}) and bias type ({b:text}) should be the same",
      "Input type ({a:text}) and weight type ({b:text}) should be the same",
      "RNN input dtype ({a:name}) does not match weight dtype ({b:name})",
      "expected both vectors to have same dtype, but found {a:name} and {b:name}",
      "addmv input tensors must have the same dtype, but got {a:name}, {b:name}",
      "expected self and source to have same dtypes but got{a:name} and {b:name}",
      "masked_scatter: expected self and source to have same dtypes but got {a:name} and {b:name}",
      "self ({a:name}) and source ({b:name}) must have the same scalar type",
      "Index put requires the source and destination dtypes match, got {a:name} for the destination and {b:name} for the source",
      "{a:dtype} did not match {b:dtype}",
      "Expected query, key, and value to have the same dtype, but got query.dtype: {a:word} key.dtype: {b:word}",
      "mixed dtype (CPU): {fault:text}",
      "Expected self.dtype to be equal to src.dtype",
      "expected self.dtype to be equal to src.dtype",
      "Expected attn_mask dtype to be {a:text} but got attn_mask.dtype: {b:name}",
      "expected dtype {a:name} for `{which:word}` but got dtype {b:name}",
    ],
    rule: dtypeRule,
    explain: explainDtype,
  },
  {
    kind: "dtype",
    seen: both,
    texts: [
      "expected target dtype to be Long or Byte, but got {got:name}",
      "Found dtype {got:name} but expected {needed:name}",
      "Expected floating point type for target with class probabilities, got {got:name}",
      "Expected tensor for argument #{n:int} '{which:name}' to have one of the following scalar types: {needed:text}; but got torch.{got:name} instead",
      "Expected tensor for argument #{n:int} '{which:name}' to have scalar type {needed:name}; but got torch.{got:name} instead",
      "one_hot is only applicable to index tensor of type {needed:name}",
      "Expected dtype {needed:text} for index",
      "tensors used as indices must be {needed:text} tensors",
      "only supports boolean masks, but got mask with dtype {got:name}",
      "input tensor must be either float or double dtype",
      "Quantize only works on Float Tensor, got {got:name}",
    ],
    rule: "Classes and indices are whole numbers (int64); what is computed with are floating point numbers (float32).",
    explain: explainDtype,
  },
  {
    kind: "dtype",
    seen: both,
    texts: [
      "could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: {got:name}",
      "\"{operation:name}\" not implemented for '{got:name}'",
      "only support floating point and complex dtypes",
      "Expected a floating point or complex tensor as input. Got {got:name}",
      "result type {a:name} can't be cast to the desired output type {b:name}",
      "Unsupported dtype {got:name}",
      "bincount only supports 1-d non-negative integral inputs",
      "with two bool tensors is not supported",
      "on a bool tensor is not supported",
      "nly Tensors of floating point and complex dtype can require gradients",
      "nly Tensors of floating point dtype can require gradients",
      "data set to a tensor that requires gradients must be floating point or complex dtype",
      "data type {got:name} not supported",
      "value cannot be converted to type {got:text} without overflow",
    ],
    rule: "Not every operation exists for every element type: means, gradients and most layers need floating point numbers.",
    explain: explainDtype,
  },
  {
    kind: "notTensor",
    seen: both,
    texts: [
      "{function:name}(): argument '{argument:name}' (position {n:int}) must be Tensor, not {got:name}",
      "{function:name}(): argument '{argument:name}' must be Tensor, not {got:name}",
      "expected Tensor as element {n:int} in argument {m:int}, but got {got:name}",
      "unsupported operand type(s) for {operator:word}: 'Tensor' and '{got:name}'",
      "unsupported operand type(s) for {operator:word}: '{got:name}' and 'Tensor'",
      "'Tensor' object is not callable",
      "'torch.Size' object is not callable",
      "{function:name}(): argument '{argument:name}' (position {n:int}) must be {needed:text}, not {got:name}",
    ],
    rule: "Operations of PyTorch take tensors, not lists, arrays, tuples or None.",
    explain: ({ words, parts }) => ({
      summary: `${parts?.function ?? words.function ?? "the operation"} was given ${words.got === "NoneType" ? "None" : `a ${words.got ?? "thing that is no tensor"}`}`,
      fixes: notTensorFixes(words.got),
    }),
  },
  {
    kind: "notTensor",
    seen: both,
    texts: [
      "can't convert np.ndarray of type {got:name}",
      "new(): invalid data type '{got:name}'",
      "too many dimensions '{got:name}'",
      "Could not infer dtype of {got:name}",
      "only one element tensors can be converted to Python scalars",
      "expected sequence of length {needed:int} at dim {dim:int} (got {got:int})",
      "only integer tensors of a single element can be converted to an index",
      "received an invalid combination of arguments - got {got:text}, but expected",
    ],
    rule: "A tensor is made of numbers in rows of the same length.",
    summary: "this cannot be made into a tensor",
    fixes: ["look for rows of different lengths or texts in the data; torch.stack joins a list of tensors"],
  },
];

function notTensorFixes(got: string | undefined) {
  if (got === "tuple")
    return [{ text: "take the tensor out first: an LSTM or GRU gives (output, state), so use output, _ = lstm(x)" }];
  if (got === "NoneType") return [{ text: "see what gave None: a forward without return, or an in-place method" }];
  if (got === "numpy.ndarray") return [{ text: "turn the array into a tensor: torch.from_numpy(x).float()" }];
  if (got === "list")
    return [{ text: "turn the list into a tensor: torch.tensor(x), or torch.stack(x) for a list of tensors" }];
  return [{ text: "pass a tensor" }];
}
