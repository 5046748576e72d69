import { explainRank } from "../../families/convolution";
import { explainFeatures } from "../../families/features";
import type { Rule } from "../../rule";

const both = ["1.13", "2.13"];

/** Recurrent layers, attention and transformers. */
export const sequences: readonly Rule[] = [
  {
    kind: "recurrent",
    seen: both,
    texts: [
      "input.size(-1) must be equal to input_size. Expected {needed:int}, got {got:int}",
      "input has inconsistent input_size: got {got:int} expected {needed:int}",
      "input has inconsistent input_size: got {got:int}, expected {needed:int}",
      "has inconsistent hidden_size: got {got:int}, expected {needed:int}",
    ],
    rule: "A recurrent layer is made for input_size features, which stand in the last dimension of its input.",
    explain: explainFeatures,
  },
  {
    kind: "recurrent",
    seen: both,
    texts: [
      "Expected {which:text} size {needed:shape}, got {got:shape}",
      "Input batch size {a:int} doesn't match {which:name} batch size {b:int}",
      "For {batched:word} {rank:word} input, {rest:text} should also be {needed:text} but got",
    ],
    rule: "A hidden state is [layers × directions, batch, hidden size]; its batch is that of the input, not another one's.",
    summary: "the hidden state does not fit the input",
    fixes: ["make the hidden state anew for each batch from the input's own batch size; the last batch may be short"],
  },
  {
    kind: "recurrent",
    seen: both,
    texts: [
      "{function:name}: Expected input to be {needed:text}, got {rank:int}D instead",
      "input must have {needed:int} dimensions, got {rank:int}",
    ],
    rule: "A recurrent layer takes [sequence, batch, features], or [batch, sequence, features] with batch_first=True.",
    explain: explainRank,
  },
  {
    kind: "attention",
    seen: both,
    texts: [
      "was expecting embedding dimension of {needed:int}, but got {got:int}",
      "expecting key weights shape of {needed:shape}, but got {got:shape}",
      "the feature number of src and tgt must be equal to d_model",
      "embed_dim must be divisible by num_heads",
      "embed_dim {embed:int} not divisible by num_heads {heads:int}",
    ],
    rule: "Attention is made for a fixed width, embed_dim, which its inputs must have and its heads share evenly.",
    explain: (found) =>
      found.words.got === undefined
        ? {
            summary: "the width of the attention layer does not fit",
            fixes: [{ text: "choose an embed_dim that is a multiple of num_heads, and give inputs of that width" }],
          }
        : explainFeatures(found),
  },
  {
    kind: "attention",
    seen: both,
    texts: [
      "The shape of the {rank:word} attn_mask is {mask:shape}, but should be {needed:shape}",
      "Expected key_padded_mask.shape[{dim:int}] to be {needed:int}, but got {got:int}",
      "expecting key_padding_mask shape of {needed:shape}, but got {mask:shape}",
      "expected `attn_mask` to be `None`, {needed:text} but found",
      "expected `key_padding_mask` to be `None` or {needed:text} but found",
    ],
    rule: "attn_mask is [queries, keys] or one for each head and sample; key_padding_mask is [batch, keys].",
    summary: "the mask does not have the shape that attention needs",
    fixes: ["make the mask from the lengths of this batch; transpose it if batch and sequence are swapped"],
  },
  {
    kind: "attention",
    seen: both,
    texts: [
      "key shape {key:shape} does not match value shape {value:shape}",
      "key's sequence and batch dims {key:shape} do not match value's {value:shape}",
      "the batch number of src and tgt must be equal",
      "query should be unbatched 2D or batched 3D tensor but received {rank:int}-D query tensor",
      "For {batched:text} `query`, expected `key` and `value` to be {needed:text} but found",
      "src and tgt must have {rest:text}",
      "Expected query, key, and value to all be at least {needed:int} dimensional, but got",
    ],
    rule: "Query, key and value need the same batch, and key and value the same length as well.",
    summary: "query, key and value do not fit each other",
    fixes: ["check batch_first: without it the shape is [sequence, batch, features]"],
  },
];
