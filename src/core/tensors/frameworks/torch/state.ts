import { checkpointRule, explainCheckpoint } from "../../families/checkpoint";
import { explained } from "../../operands";
import type { Rule } from "../../rule";

const both = ["1.13", "2.13"];

/** Modules, their weights and how they are called. */
export const state: readonly Rule[] = [
  {
    kind: "checkpoint",
    seen: both,
    texts: [
      "Error(s) in loading state_dict for {model:name}",
      "size mismatch for {parameter:name}: copying a param with shape",
      "Missing key(s) in state_dict:",
      "Unexpected key(s) in state_dict:",
    ],
    rule: checkpointRule,
    explain: explainCheckpoint,
  },
  {
    kind: "module",
    seen: both,
    texts: [
      '{model:name}] is missing the required "forward" function',
      "{model:name}.forward() takes {needed:text} positional arguments but {given:int} were given",
      "{model:name}.forward() takes {needed:text} positional argument but {given:int} were given",
      "{model:name}.forward() missing {count:int} required positional {what:text}",
      "{model:name}.forward() got an unexpected keyword argument {argument:text}",
      "{model:name} is not a Module subclass",
      "cannot assign {what:text} before Module.__init__() call",
      "cannot assign '{what:text}' as parameter '{parameter:name}'",
    ],
    rule: "A module is called with the arguments of its forward, and made of modules.",
    summary: "the module is not called or made as it is defined",
    fixes: [
      "compare the call with the signature of forward; a ModuleList is gone through layer by layer, a Sequential is called",
    ],
  },
  {
    kind: "unpack",
    seen: ["3.11"],
    needs: "shapeLine",
    texts: [
      "too many values to unpack (expected {needed:int})",
      "not enough values to unpack (expected {needed:int}, got {got:int})",
    ],
    rule: "A shape is taken apart into as many names as the tensor has dimensions.",
    explain: (found) => {
      const name = /([A-Za-z_][\w.]*)\.(?:shape|size\(\))/.exec(found.source ?? "")?.[1];
      const value = found.values.find((one) => one.name === name);
      const operand = value && explained(value);
      const rank = operand?.shape.length ?? found.words.got;
      return {
        operands: operand ? [operand] : [],
        summary: `${name ?? "the tensor"} has ${rank ?? "more"} dimensions where ${found.words.needed} names stand`,
        fixes: [
          {
            text: "write as many names as there are dimensions, or add the missing batch dimension with .unsqueeze(0)",
          },
        ],
      };
    },
  },
  {
    kind: "vmap",
    seen: ["2.13"],
    texts: [
      "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes:shape} for the mapped dimension",
      "Got in_dim={dim:int} for some input, but that input is a Tensor of dimensionality {rank:int}",
      "Got in_dim={dim:int} for an input but the input is of type",
      "vmap: It looks like you're calling .item() on a Tensor",
      "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow",
      "vjp(f, *primals): expected f(*primals) to return only tensors",
    ],
    rule: "vmap goes through one dimension of every argument, which must have the same size in all.",
    explain: (found) => ({
      operands: found.isRecorded ? found.operands : [],
      summary: found.words.sizes
        ? `the mapped dimension has the sizes ${found.words.sizes}`
        : "the arguments cannot be mapped over",
      fixes: [{ text: "give None in in_dims for what is not mapped" }],
    }),
  },
  {
    kind: "compare",
    seen: both,
    texts: [
      "The values for attribute 'shape' do not match: {first:shape} != {second:shape}",
      "The values for attribute '{attribute:name}' do not match: {first:text} != {second:text}",
      "Tensor-likes are not close!",
    ],
    rule: "Two tensors are compared that should be alike.",
    summary: "the two tensors differ",
  },
  {
    kind: "sparse",
    seen: ["2.13"],
    texts: [
      "indices and values must have same nnz, but got nnz from indices: {a:int}, nnz from values: {b:int}",
      "Expected both self and other to be nested, but got",
      "addmm: Argument #{n:int} (dense): Expected dim {dim:int} size {needed:int}, got {got:int}",
    ],
    rule: "Sparse and nested tensors need matching parts and partners of the same kind.",
    summary: "the parts of a sparse or nested tensor do not fit",
  },
  {
    kind: "rank",
    seen: both,
    texts: [
      "{function:name}: input tensor must have at least {needed:int} dimensions",
      "expected total dims >= {needed:int}, but got total dims = {rank:int}",
      "{function:name}: expected a matrix, but got tensor with dim {rank:int}",
      "Supports 1D or 2D tensors. Got {rank:int}D",
      "expected input to have {needed:text} dimensions but got an input with {rank:int} dimensions",
      "can not be computed for tensor with fewer than {needed:int} dimensions",
      "Only tensors with {needed:int} or more dimensions are supported",
      "Expect a 1D vector, but got shape {shape:shape}",
      "expects input to have at least {needed:int} dimensions, but got input with {rank:int} dimension",
      "'weight' must be {needed:int}-D",
      "input has to be {needed:text} Tensor, but got Tensor of dimension {rank:int}",
      "boundaries tensor must be {needed:int} dimension, but got dim({rank:int})",
      "boundaries tensor {boundaries:shape} and input value tensor {input:shape}",
      "Input tensors must have {needed:int} or fewer dimensions. Input {n:int} has {rank:int} dimensions",
      "Expected {needed:text} tensor in the tensor list but got",
      "only supports at least {needed:text} tensors, {which:name} got: {rank:word}",
      "bilinear(): input2 size does not match weight size: got {got:int} but expected {needed:int}",
      "bilinear(): input1 size does not match weight size: got {got:int} but expected {needed:int}",
      "bilinear(): input batch dimensions do not match at dim {dim:int}: got {a:int} and {b:int}",
    ],
    rule: "This operation is defined for tensors of a certain number of dimensions.",
    summary: "{0} does not have the dimensions that {function} takes",
  },
];
