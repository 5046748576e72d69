import { concatRule, explainConcat, explainStack, stackRule } from "../../families/stacking";
import type { Rule } from "../../rule";

const both = ["1.13", "2.13"];

/** cat, stack, split, and the batches that a DataLoader makes. */
export const joining: readonly Rule[] = [
  {
    kind: "concat",
    seen: both,
    texts: [
      "Sizes of tensors must match except in dimension {dim:int}. Expected size {needed:int} but got size {got:int} for tensor number {part:int} in the list",
      "Sizes of tensors must match except in dimension {dim:int}. Got {needed:int} and {got:int} in dimension",
      "Expected size {needed:int} but got size {got:int} for tensor number {part:int} in the list",
    ],
    rule: concatRule,
    explain: explainConcat,
  },
  {
    kind: "concat",
    seen: both,
    texts: [
      "Tensors must have same number of dimensions: got {a:int} and {b:int}",
      "zero-dimensional tensor (at position {n:int}) cannot be concatenated",
    ],
    rule: "Parts that are joined need the same number of dimensions.",
    summary: "the parts do not have the same number of dimensions",
    fixes: ["add the missing dimension with .unsqueeze(0), or use torch.stack for parts of one shape"],
  },
  {
    kind: "stack",
    seen: both,
    texts: [
      "stack expects each tensor to be equal size, but got {first:shape} at entry {n:int} and {second:shape} at entry {m:int}",
    ],
    rule: stackRule,
    explain: explainStack,
  },
  {
    kind: "emptyList",
    seen: both,
    texts: [
      "stack expects a non-empty TensorList",
      "expected a non-empty list of Tensors",
      "received an empty list of sequences",
      "max(): Expected reduction dim to be specified for input.numel() == 0",
    ],
    rule: "At least one tensor is needed.",
    summary: "{function} was given an empty list",
    fixes: ["see why nothing was collected: an empty batch, or a filter that leaves nothing"],
  },
  {
    kind: "collate",
    seen: both,
    texts: [
      "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {type:text}",
      "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists",
      "each element in list of batch should be of equal size",
      "Trying to resize storage that is not resizable",
    ],
    rule: "A DataLoader joins samples to a batch: all must have the same structure and hold tensors, arrays or numbers.",
    summary: "samples of one batch cannot be joined",
    fixes: [
      "let __getitem__ return the same structure for every sample and never None, or give the DataLoader a collate_fn",
    ],
  },
  {
    kind: "split",
    seen: both,
    texts: [
      "split_with_sizes expects split_sizes to sum exactly to {size:int} (input tensor's size at dimension {dim:int}), but got split_sizes={parts:shape}",
      "split_with_sizes expects split_sizes to sum exactly to {size:int}",
    ],
    rule: "The parts of a split must add up to the size of the dimension.",
    explain: (found) => {
      const parts = found.shape("parts") ?? [];
      const sum = parts.reduce<number>((all, part) => all + (part ?? 0), 0);
      return {
        operands: found.isRecorded ? found.operands : [],
        summary: `the parts ${parts.join(" + ")} = ${sum} are not ${found.words.size}, the size of dimension ${found.words.dim ?? "asked for"}`,
        fixes: [{ text: `give parts that add up to ${found.words.size}` }],
      };
    },
  },
  {
    kind: "split",
    seen: both,
    texts: [
      "start ({start:int}) + length ({length:int}) exceeds dimension size ({size:int})",
      "chunk expects `chunks` to be greater than 0, got: {n:int}",
      "number of sections must be larger than 0, got {n:int}",
      "maximum size for tensor at dimension {dim:int} is {size:int} but size is {wanted:int}",
      "split expects split_size be non-negative, but got split_size={n:int}",
    ],
    rule: "A part must lie inside the dimension that it is taken from.",
    summary: "the part that was asked for does not lie in the tensor",
  },
  {
    kind: "dataset",
    seen: both,
    texts: ["Size mismatch between tensors", "Sum of input lengths does not equal the length of the input dataset"],
    rule: "The tensors of a dataset need the same first dimension: one entry for each sample.",
    summary: "the parts of the dataset do not have the same number of samples",
    fixes: ["compare len() of each tensor before the dataset is made"],
  },
  {
    kind: "sequenceLengths",
    seen: both,
    texts: [
      "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True",
      "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0",
      "Expected `len(lengths)` to be equal to batch_size, but got {got:int} (batch_size={batch:int})",
      "'lengths' argument should be a 1D CPU int64 tensor, but got {got:text} tensor",
    ],
    rule: "Packing needs one positive length for each sequence of the batch, sorted unless enforce_sorted=False.",
    summary: "the lengths do not fit the batch of sequences",
    fixes: ["pass enforce_sorted=False, and lengths as a 1-D CPU tensor with one entry for each sequence"],
  },
];
