import { embeddingRule, explainEmbedding } from "../../families/embedding";
import type { Rule } from "../../rule";

const both = ["1.13", "2.13"];

/** Dimensions and indices that are not there. */
export const indexing: readonly Rule[] = [
  {
    kind: "axis",
    seen: both,
    texts: [
      "Dimension out of range (expected to be in range of [{low:int}, {high:int}], but got {got:int})",
      "dimension specified as {got:int} but tensor has no dimensions",
      "Dimension specified as {got:int} but tensor has no dimensions",
    ],
    rule: "A tensor with n dimensions has the dimensions 0 to n-1, or -n to -1 from the end.",
    explain: ({ words, operands }) => {
      const rank = words.high === undefined ? 0 : Number(words.high) + 1;
      const name = operands[0]?.name ?? "the tensor";
      return {
        summary: `${name} has ${rank} ${rank === 1 ? "dimension" : "dimensions"}; dimension ${words.got} is not there`,
        fixes: [
          { text: `use a dimension from ${words.low ?? 0} to ${words.high ?? 0}, or add one with .unsqueeze(…)` },
        ],
      };
    },
  },
  {
    kind: "axis",
    seen: both,
    texts: [
      "number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = {rank:int} is not equal to len(dims) = {given:int}",
      "t() expects a tensor with <= 2 dimensions, but self is {rank:int}D",
      "dim {dim:int} appears multiple times in the list of dims",
      "duplicate dims are not allowed",
      "permute(): duplicate dims are not allowed",
      "movedim: Invalid source or destination dims",
      "diagonal dimensions cannot be identical",
      "The dim argument must be {rest:text}",
    ],
    rule: "Every dimension is named once: permute needs all of them, t() works on two.",
    summary: "the dimensions named are not those of the tensor",
    fixes: ["give each dimension exactly once; transpose(-1, -2) swaps the last two of any tensor"],
  },
  {
    kind: "embeddingRange",
    seen: both,
    texts: [
      "index out of range in self",
      "index out of range: Tried to access index {index:int} out of table with {rows:int} rows",
      "Index {n:int} of input takes value {index:int} which is not in the valid range [0, {rows:int})",
    ],
    rule: embeddingRule,
    explain: explainEmbedding,
  },
  {
    kind: "index",
    seen: both,
    texts: [
      "index {index:int} is out of bounds for dimension {dim:int} with size {size:int}",
      "select(): index {index:int} out of range for tensor of size {shape:shape} at dimension {dim:int}",
      "out of range: tried to access index {index:int} on a tensor of {size:int} elements",
      "index {index:int} is out of bounds: 0, range 0 to {size:int}",
      "index {index:int} is out of bounds, range is {low:int} to {size:int}",
    ],
    rule: "A dimension of n elements has the indices 0 to n-1, or -n to -1 from the end.",
    explain: ({ words, shape, operands }) => {
      const size = words.size ?? String(shape("shape")?.[Number(words.dim)] ?? "?");
      const marked = operands.map((one) =>
        words.dim === undefined ? one : { ...one, clash: [Number(words.dim)].filter((at) => at < one.shape.length) },
      );
      return {
        operands: marked,
        summary: `index ${words.index} is asked for where ${words.dim === undefined ? "the tensor" : `dimension ${words.dim}`} has ${size} elements`,
        fixes: [{ text: `keep the index below ${size}; a loop runs to size - 1` }],
      };
    },
  },
  {
    kind: "index",
    seen: both,
    texts: [
      "too many indices for tensor of dimension {rank:int}",
      "invalid index of a 0-dim tensor",
      "slice() cannot be applied to a 0-dim tensor",
    ],
    rule: "A tensor takes at most as many indices as it has dimensions.",
    summary: "{0} has fewer dimensions than it was given indices",
    fixes: ["use fewer indices, or .item() for a tensor of one number"],
  },
  {
    kind: "mask",
    seen: both,
    texts: [
      "The shape of the mask {mask:shape} at index {n:int} does not match the shape of the indexed tensor {tensor:shape} at index {m:int}",
      "Number of elements of source < number of ones in mask",
    ],
    rule: "A mask needs the shape of the tensor that it selects from, or of its first dimensions.",
    summary: "the mask does not have the shape of the tensor",
    fixes: ["make the mask from the tensor itself, such as x > 0"],
  },
  {
    kind: "index",
    seen: both,
    texts: [
      "shape mismatch: indexing tensors could not be broadcast together with shapes {tensors:shapes}",
      "shape mismatch: value tensor of shape {value:shape} cannot be broadcast to indexing result of shape {place:shape}",
      "index_select(): Index is supposed to be a vector",
      "index_{function:word} Number of indices ({indices:int}) should be equal to source.size(dim)",
      "index_{function:word}(): Number of indices ({indices:int}) should be equal to",
      "Number of indices ({indices:int}) should be equal to source.size(dim)",
      "torch.take_along_dim(): input and indices should have the same number of dimensions, but got {a:int} dimensions for input, and {b:int}",
      "selected index k out of range",
      "selected number k out of range for dimension {dim:int}",
    ],
    rule: "Tensors that index together are broadcast to one shape, and values must fit the place they are put to.",
    summary: "the indices, the values and the place do not fit each other",
  },
  {
    kind: "gather",
    seen: both,
    texts: [
      "Index tensor must have the same number of dimensions as {which:text} tensor",
      "Size does not match at dimension {dim:int} expected index {index:shape} to be no larger than self {tensor:shape} apart from dimension {axis:int}",
      "Size does not match at dimension {dim:int} expected index {index:shape} to be smaller than self {tensor:shape} apart from dimension {axis:int}",
      "Expected index {index:shape} to be no larger than self {tensor:shape} apart from dimension {axis:int} and to be no larger size than src {source:shape}",
      "Expected index {index:shape} to be smaller than self {tensor:shape} apart from dimension {axis:int} and to be smaller size than src {source:shape}",
      "Expected index {index:shape} to be no larger than self {tensor:shape} apart from dimension {axis:int}",
      "Expected index {index:shape} to be smaller than self {tensor:shape} apart from dimension {axis:int}",
    ],
    rule: "gather and scatter need an index with as many dimensions as the tensor, and no larger than it apart from the dimension that is indexed.",
    summary: "the index does not fit the tensor that it is used on",
    fixes: [
      "give the index the same number of dimensions, such as index.unsqueeze(1), and expand it to the sizes of the tensor",
    ],
  },
  {
    kind: "gather",
    seen: both,
    texts: [
      "repeats must have the same size as input along dim, but got repeats.size(0) = {got:int} and input.size({dim:int}) = {needed:int}",
      "index_add_(): Number of indices ({indices:int}) should be equal to source.size(dim): ({source:int})",
    ],
    rule: "One index or count is needed for each entry of the dimension.",
    summary: "there are not as many indices as entries",
  },
];
