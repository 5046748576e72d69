import { broadcastRule, explainBroadcast } from "../families/broadcast";
import { checkpointRule } from "../families/checkpoint";
import { explainLayerInput, layerInputRule } from "../families/layerInput";
import { explainMatmul, matmulRule } from "../families/matmul";
import type { FrameworkRules, Rule } from "../rule";

const seen = ["2", "3.15"];

const rules: readonly Rule[] = [
  {
    kind: "matmul",
    seen,
    texts: [
      "Inner dimensions (`x1.shape[-1]` and `x2.shape[-2]`) must be equal, but received `x1.shape={a:shape}` and `x2.shape={b:shape}`",
    ],
    rule: matmulRule,
    explain: explainMatmul,
  },
  {
    kind: "broadcast",
    seen,
    texts: ["which cannot be broadcasted to {size:int}. Input shapes are: {a:shape} and {b:shape}"],
    rule: broadcastRule,
    explain: explainBroadcast,
  },
  {
    kind: "autograd",
    seen,
    texts: ["No gradients provided for any variable"],
    rule: "Gradients flow only through operations on variables that are watched.",
    summary: "no variable took part in the loss",
  },
  {
    kind: "layerInput",
    seen,
    texts: [
      "of layer '{layer:text}' is incompatible with the layer: expected axis {axis:int} of input shape to have value {needed:text}, but received input with shape {input:shape}",
      'of layer "{layer:text}" is incompatible with the layer: expected axis {axis:int} of input shape to have value {needed:text}, but received input with shape {input:shape}',
      "of layer '{layer:text}' is incompatible with the layer: expected shape={expected:shape}, found shape={input:shape}",
      'of layer "{layer:text}" is incompatible with the layer: expected shape={expected:shape}, found shape={input:shape}',
      "of layer '{layer:text}' is incompatible with the layer: expected {fault:text}. Full shape received: {input:shape}",
      'of layer "{layer:text}" is incompatible with the layer: expected {fault:text}. Full shape received: {input:shape}',
      "is incompatible with the layer: {fault:text}",
      "Layer '{layer:text}' expected {needed:int} input(s), but it received {got:int}",
      'Layer "{layer:text}" expects {needed:int} input(s), but it received {got:int}',
      "Invalid input shape for input {value:block} Expected shape {expected:shape}, but input has incompatible shape {input:shape}",
      "Inputs to a layer should be tensors. Got {value:text} as input for layer",
      "should be passed an `input_shape` with at least {needed:int} dimensions, received: {input:shape}",
    ],
    rule: layerInputRule,
    explain: explainLayerInput,
  },
  {
    kind: "lossShape",
    seen,
    texts: [
      "Arguments `target` and `output` must have the same shape. Received: target.shape={target:shape}, output.shape={output:shape}",
      "Arguments `target` and `output` must have the same shape up until the last dimension: target.shape={target:shape}, output.shape={output:shape}",
      "Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape={target:shape}, output.shape={output:shape}",
      "Arguments `target` and `output` must have the same rank (ndim). Received: target.shape={target:shape}, output.shape={output:shape}",
      "Received: target.shape={target:shape}, output.shape={output:shape}",
      "`y_true` and `y_pred` {fault:text}",
    ],
    rule: "Class numbers belong to the sparse loss, one-hot targets to the other one, and regression needs equal shapes.",
    summary: "the targets are {target} and the model gives {output}",
    fixes: [
      "use sparse_categorical_crossentropy for class numbers, categorical_crossentropy for one-hot targets",
      "make the last layer as wide as there are classes",
    ],
  },
  {
    kind: "sampleCount",
    seen,
    texts: ["Data cardinality is ambiguous"],
    rule: "All arrays given to fit or evaluate need the same first dimension: one entry for each sample.",
    summary: "the arrays do not have the same number of samples",
    fixes: ["compare len(x) and len(y)"],
  },
  {
    kind: "checkpoint",
    seen,
    texts: [
      "variable.shape={model:shape}, Received: value.shape={checkpoint:shape}",
      "weight shape {model:shape} is not compatible with provided weight shape {checkpoint:shape}",
      "The shape of the target variable and the shape of the target value in `variable.assign(value)` must match",
      "You called `set_weights(weights)` on layer '{layer:text}' with a weight list of length {given:int}, but the layer was expecting {needed:int} weights",
      "Layer count mismatch when loading weights from file",
      "expected {needed:int} variables, but received {given:int} variables during loading",
      "Layer '{layer:text}' expected {needed:int} variables, but received {given:int} variables",
    ],
    rule: checkpointRule,
    summary: "the saved weights do not fit the model",
    fixes: ["make the model as it was when the weights were saved; skip_mismatch=True leaves out what differs"],
  },
  {
    kind: "conv",
    seen,
    texts: [
      "Computed output size would be negative. Received `inputs shape={input:shape}`, `kernel shape={kernel:shape}`",
      "Computed output size would be zero or negative. Received: `inputs.shape={input:text}`, `pool_size={kernel:text}`",
      "Values in `cropping` argument should be smaller than the corresponding spatial dimension of the input",
      "Computed output size would be zero or negative. Received `inputs shape={input:shape}`, `kernel shape={kernel:shape}`",
    ],
    rule: "A kernel must fit into its input.",
    summary: "the input {input} is smaller than the kernel {kernel}",
    fixes: ['start from a larger input, pool less often, or use padding="same"'],
  },
  {
    kind: "reshape",
    seen,
    texts: [
      "The total size of the tensor must be unchanged, however, the input size cannot by divided by the specified dimensions",
      "The total size of the tensor must be unchanged. Received: input_shape={source:shape}, target_shape={target:shape}",
    ],
    rule: "Reshaping keeps the number of elements of each sample.",
    summary: "{source} and {target} do not have the same number of elements",
    fixes: ["give a target whose product is that of the sample; the batch is not part of it"],
  },
  {
    kind: "merge",
    seen,
    texts: [
      "Full input shapes: {a:shape}, {b:shape}",
      "A `Concatenate` layer should be called on a list of at least {needed:int} input",
      "But found element of shape {b:shape}, which is different from the first element's shape {a:shape}",
      "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. Received: input_shape=[{input:shapes}]",
      "A merge layer should be called on a list of {fault:text}",
      "Inputs have incompatible shapes. Received shapes {a:shape} and {b:shape}",
      "Cannot merge tensors with different {fault:text}",
      "Dimension incompatibility was requested. Received shapes {a:shape} and {b:shape}",
      "Dimension value mismatch: {fault:text}",
    ],
    rule: "Layers that join tensors need the same shapes, apart from the axis along which they join.",
    summary: "the tensors that are joined do not have matching shapes",
  },
];

/** Keras 3; the texts with double quotes and `expected min_ndim` are those of Keras 2 as well. */
export const keras: FrameworkRules = {
  id: "keras",
  module: "keras",
  files: /[/\\>]keras[/\\]/,
  classes: /^keras\./,
  code: /\bkeras\.|\blayers\./,
  rules,
};
