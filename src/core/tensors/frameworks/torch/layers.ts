import { channelRule, explainChannels, explainRank, rankRule } from "../../families/convolution";
import { explainFeatures } from "../../families/features";
import type { Rule } from "../../rule";

const both = ["1.13", "2.13"];

/** Convolutions, pooling, normalization and resizing. */
export const layers: readonly Rule[] = [
  {
    kind: "conv",
    seen: both,
    texts: [
      "Given groups={groups:int}, weight of size {weight:shape}, expected input{input:shape} to have {needed:int} channels, but got {got:word} channels instead",
      "Given transposed={transposed:int}, weight of size {weight:shape}, expected input{input:shape} to have {needed:int} channels, but got {got:word} channels instead",
    ],
    rule: channelRule,
    explain: explainChannels,
  },
  {
    kind: "conv",
    seen: both,
    texts: [
      "Expected {needed:text} input to {function:name}, but got input of size: {input:shape}",
      "Expected {rank:int}-dimensional input for {needed:int}-dimensional weight {weight:shape}, but got {got:int}-dimensional input of size {input:shape} instead",
    ],
    rule: rankRule,
    explain: explainRank,
  },
  {
    kind: "conv",
    seen: both,
    texts: [
      "Calculated padded input size per channel: {input:shape}. Kernel size: {kernel:shape}. Kernel size can't be greater than actual input size",
    ],
    rule: "A kernel must fit into its input: what comes in must be at least as large as the kernel.",
    summary: "the input is {input} with its padding and the kernel {kernel}",
    fixes: ["start from a larger input, pool less often, or use a smaller kernel or more padding"],
  },
  {
    kind: "conv",
    seen: both,
    texts: [
      "Given weight of size {weight:shape}, expected bias to be 1-dimensional with {needed:int} elements, but got bias of size {bias:shape} instead",
      "expected {what:name} to be a single integer value or a list of {needed:int} values to match the convolution dimensions, but got {what2:name}={got:shape}",
      "non-positive stride is not supported",
      "negative padding is not supported",
      "{which:word} must be divisible by groups",
      "Given groups={groups:int}, expected weight to be at least {needed:int} at dimension 0",
      "requested an output size of {wanted:shape}, but valid sizes range from {low:shape} to {high:shape} (for an input of {input:shape})",
    ],
    rule: "The numbers of a convolution must fit each other: weight, bias, stride, padding and groups.",
    summary: "the convolution cannot be made with these sizes",
  },
  {
    kind: "pooling",
    seen: both,
    texts: ["Given input size: {input:shape}. Calculated output size: {output:shape}. Output size is too small"],
    rule: "Pooling needs an input at least as large as its window.",
    summary: "an input of {input} leaves {output}",
    fixes: ["start from a larger input or pool less often; nn.AdaptiveAvgPool2d takes any size"],
  },
  {
    kind: "pooling",
    seen: both,
    texts: [
      "non-empty {needed:text} tensor expected for input",
      "Input dimension should be at least {needed:int}",
      "{function:name}: Expected {needed:text} tensor with optional 0 dim batch size for input, but got:{input:shape}",
      "{function:name}: Expected {needed:text} tensor, but got {input:shape}",
      "{function:name}(): Expected {needed:text} tensor, but got {input:shape}",
      "Expected {needed:text} tensor with optional 0 dim batch size for input, but got:{input:shape}",
      "Expected {needed:text} dimensions for input tensor but received {rank:int}",
      "Expected {needed:text} dimensionality input (got {rank:int} dimensions)",
    ],
    rule: rankRule,
    explain: explainRank,
  },
  {
    kind: "pooling",
    seen: both,
    texts: [
      "pad should be at most half of effective kernel size, but got pad={pad:int}, kernel_size={kernel:int}",
      "Expected shape of indices to be same as that of the input tensor ({input:shape}) but got indices tensor with shape: {indices:shape}",
    ],
    rule: "The padding, the window and the indices of a pooling must fit each other.",
    summary: "the pooling cannot be done with these sizes",
  },
  {
    kind: "normalization",
    seen: both,
    texts: [
      "Expected more than 1 value per channel when training, got input size {input:shape}",
      "Expected more than 1 spatial element when training, got input size {input:shape}",
    ],
    rule: "Batch normalization in training needs more than one value for each channel: it divides by their spread.",
    summary: "the batch {input} holds one value for each channel, often the short last batch of an epoch",
    fixes: ["give the DataLoader drop_last=True", "call model.eval() where nothing is trained"],
  },
  {
    kind: "normalization",
    seen: both,
    texts: [
      "running_mean should contain {got:int} elements not {needed:int}",
      "expected input's size at dim={dim:int} to match num_features ({needed:int}), but got: {got:int}",
      "Given normalized_shape={normalized:shape}, expected input with shape {pattern:text}, but got input of size{input:shape}",
      "Expected weight to be of same shape as normalized_shape, but got weight of shape {weight:shape} and normalized_shape = {normalized:shape}",
      "Expected weight to be a vector of size equal to the number of channels in input, but got weight of shape {weight:shape} and input of shape {input:shape}",
    ],
    rule: "A normalization layer is made for a fixed number of features, which its input must have.",
    explain: explainFeatures,
  },
  {
    kind: "normalization",
    seen: both,
    texts: ["expected {needed:text} input (got {rank:int}D input)"],
    rule: "BatchNorm1d, 2d and 3d take inputs of 2 or 3, 4 and 5 dimensions.",
    explain: explainRank,
  },
  {
    kind: "normalization",
    seen: both,
    texts: [
      "Expected number of channels in input to be divisible by num_groups, but got input of shape {input:shape} and num_groups={groups:int}",
      "num_channels ({channels:int}) must be divisible by num_groups ({groups:int})",
      "num_channels must be divisible by num_groups",
    ],
    rule: "Group normalization deals the channels out evenly: their number must be a multiple of the number of groups.",
    summary: "the channels cannot be dealt out to the groups evenly",
    fixes: ["choose a number of groups that divides the number of channels"],
  },
  {
    kind: "resize",
    seen: both,
    texts: [
      "Input Error: Only 3D, 4D and 5D input Tensors supported (got {rank:int}D)",
      "Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of {input:shape} and output size of {output:shape}",
      "Got {rank:int}D input, but {mode:word} mode needs {needed:int}D input",
      "Input and output sizes should be greater than 0, but got input (H: {h:int}, W: {w:int})",
    ],
    rule: "Resizing works on [batch, channels, …sizes] and needs one target size for each of the last dimensions.",
    summary: "the input does not have the dimensions that resizing needs",
    fixes: ["add the batch dimension with x[None], and give as many sizes as there are spatial dimensions"],
  },
  {
    kind: "padding",
    seen: both,
    texts: [
      "Padding size should be less than the corresponding input dimension, but got: padding {padding:shape} at dimension {dim:int} of input {input:shape}",
      "Padding size should be less than the corresponding input dimension, but got: padding ({padding:text}) at dimension {dim:int} of input {rank:int}",
      "Padding length should be less than or equal to two times the input dimension but got padding length {length:int} and input of dimension {rank:int}",
      "Padding length must be divisible by 2",
      "Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now",
      "The input size {sizes:text}, plus negative padding",
    ],
    rule: "Padding is given in pairs from the last dimension on, and reflecting needs less of it than the input is long.",
    summary: "the padding does not fit the input",
  },
  {
    kind: "gridSample",
    seen: both,
    texts: [
      "grid_sampler(): expected {fault:text}, but got input with sizes {input:shape} and grid with sizes {grid:shape}",
      "grid_sampler(): expected {fault:text}, but got grid with sizes {grid:shape}",
      "Expected a batch of {fault:text} for size {size:shape}. Got {got:shape}",
    ],
    rule: "grid_sample needs a grid [batch, height, width, 2] with the batch size of its input.",
    summary: "the grid does not fit the input",
  },
  {
    kind: "unfold",
    seen: both,
    texts: [
      "Given input with spatial size {input:shape}, kernel_size={kernel:shape}, dilation={dilation:text}, padding={padding:text}, calculated shape of the array of sliding blocks as {blocks:shape}",
      "Given output_size={output:shape}, kernel_size={kernel:shape}, {rest:text} expected size of input's dimension",
      "Expected size of input's dimension {dim:int} to be divisible by the product of kernel_size",
      "Halving dimension must be even, but dimension {dim:int} is size {size:int}",
      "Mismatch of parameter numbers and input channel size. Found parameter numbers = {a:int} and channel size = {b:int}",
    ],
    rule: "The blocks that are cut out must fit into the input, and their number must be the one expected.",
    summary: "the sizes of the input and of the blocks do not fit",
  },
];
