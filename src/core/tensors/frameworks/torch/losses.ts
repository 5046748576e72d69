import { explainLossSizes, lossRule } from "../../families/loss";
import type { Rule } from "../../rule";

const both = ["1.13", "2.13"];

/** Losses and what they want of predictions and targets. */
export const losses: readonly Rule[] = [
  {
    kind: "lossShape",
    seen: both,
    texts: [
      "Using a target size ({target:shape}) that is different to the input size ({input:shape})",
      "Target size ({target:shape}) must be the same as input size ({input:shape})",
      "size mismatch (got input: {input:shape} , target: {target:shape}",
      "size mismatch (got input: {input:shape}, target: {target:shape}",
      "inconsistent target size: {target:shape} for input of size: {input:shape}",
      "All input tensors should have same dimension but got sizes: input1: {first:shape}, input2: {second:shape}, target: {target:shape}",
      "Expected target size {needed:shape}, but got {target:shape}. Input has shape {input:shape}",
      "Expected target size {needed:shape}, got {target:shape}",
    ],
    rule: lossRule,
    explain: explainLossSizes,
  },
  {
    kind: "lossShape",
    seen: both,
    texts: ["Expected input batch_size ({input:int}) to match target batch_size ({target:int})"],
    rule: "A loss needs one target for each sample: both batches must have the same size.",
    summary: "there are {input} predictions and {target} targets",
    fixes: [
      "flatten both alike: logits.view(-1, classes) and target.view(-1)",
      "look for a reshape before the loss that mixes the batch with another dimension",
    ],
  },
  {
    kind: "lossShape",
    seen: both,
    texts: [
      "{needed:text} target tensor expected, multi-target not supported",
      "only batches of spatial targets supported (3D tensors) but got targets of dimension: {rank:int}",
      "For 1D input, 1D target must have size 1, but got target size: {got:int}",
      "The {which:text} tensors are expected to have the same number of dimensions, but got: {rest:text}",
      "1D target tensor expected, multi-target not supported",
      "Expected a floating point tensor {rest:text}",
    ],
    rule: "Class targets have one number for each prediction: no channel and no one-hot dimension.",
    summary: "the target has another number of dimensions than the loss takes",
    fixes: [
      "drop the extra dimension with target.squeeze(1), or turn one-hot targets into classes with target.argmax(1)",
    ],
  },
  {
    kind: "labelRange",
    seen: both,
    texts: [
      "Target {label:int} is out of bounds",
      "Class values must be smaller than num_classes",
      "Class values must be non-negative",
      "target out of range",
    ],
    rule: "With C classes the labels are 0 to C-1.",
    explain: ({ words, operands, parts }) => {
      const classes = operands.find((one) => one.shape.length > 1)?.shape[1];
      const label = words.label === undefined ? "a label" : `the label ${words.label}`;
      return {
        summary: `${label} is outside the ${classes ? `${classes} classes (0 to ${classes - 1})` : "classes that there are"}`,
        fixes: [
          {
            text: words.label?.startsWith("-")
              ? "give ignore_index the value that stands for no label"
              : "let labels begin at 0: subtract 1 if they begin at 1",
          },
          {
            text: `make the last layer as wide as the largest label + 1${parts?.arguments[1] ? `: ${parts.arguments[1]}.max() + 1` : ""}`,
          },
        ],
      };
    },
  },
  {
    kind: "lossShape",
    seen: both,
    texts: [
      "weight tensor should be defined either for all {needed:int} classes or no classes but got weight tensor of shape: {weight:shape}",
      "weight tensor should be defined either for all {needed:int} or no classes",
    ],
    rule: "Class weights have one entry for each class.",
    summary: "there are {needed} classes and the weights are {weight}",
    fixes: ["give {needed} weights, one for each class"],
  },
  {
    kind: "lossRange",
    seen: both,
    texts: ["all elements of {which:word} should be between 0 and 1", "var has negative entry/entries"],
    rule: "Binary cross entropy takes probabilities, from 0 to 1.",
    summary: "some values are outside 0 to 1",
    fixes: ["use binary_cross_entropy_with_logits on the raw outputs, or put a sigmoid before"],
  },
  {
    kind: "lossShape",
    seen: both,
    texts: [
      "input_lengths must be of size batch_size",
      "target_lengths must be of size batch_size",
      "Expected {which:name} to have value at most {needed:int}, but got value {got:int} (while checking arguments for ctc_loss",
      "Expected tensor to have size at least {needed:int} at dimension {dim:int}, but got size {got:int} for argument",
    ],
    rule: "CTC needs one length for each sample, none beyond the length of its tensor.",
    summary: "the lengths do not fit the batch",
  },
  {
    kind: "probabilities",
    seen: both,
    texts: [
      "probability tensor contains either `inf`, `nan` or element < 0",
      "invalid multinomial distribution",
      "cannot sample n_sample > prob_dist.size(-1) samples without replacement",
      "Expected p_in >= 0 && p_in <= 1",
      "Expected parameter {name:name} (Tensor of shape {shape:shape}) of distribution {distribution:text} to satisfy the constraint {constraint:text}, but found invalid values",
    ],
    rule: "The parameters of a distribution must be valid: finite, not negative, and together more than nothing.",
    summary: "the parameters are not those of a distribution, often because a nan came before",
    fixes: [
      "find where the nan begins: torch.autograd.set_detect_anomaly(True)",
      "put a softmax before probabilities, a softplus before scales",
    ],
  },
];
