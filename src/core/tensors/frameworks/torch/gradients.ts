import type { Rule } from "../../rule";

const both = ["1.13", "2.13"];

/** Gradients and the graph they run through. */
export const gradients: readonly Rule[] = [
  {
    kind: "autograd",
    seen: both,
    texts: [
      "grad can be implicitly created only for scalar outputs",
      "Expected f(*args) to return a scalar Tensor, got tensor with {rank:int} dims",
    ],
    rule: "backward() without an argument starts from one number.",
    summary: "{0} has more than one element, and backward() needs one number",
    fixes: ["call .mean().backward() or .sum().backward()"],
  },
  {
    kind: "autograd",
    seen: both,
    texts: ["Trying to backward through the graph a second time"],
    rule: "A graph is freed after backward(); going through it again needs another forward pass.",
    summary: "backward() is called a second time on the same graph",
    fixes: [
      "compute the loss anew in every step, and .detach() what is carried over from the step before",
      "use retain_graph=True only where one graph really serves two losses",
    ],
  },
  {
    kind: "autograd",
    seen: both,
    texts: [
      "element {n:int} of tensors does not require grad and does not have a grad_fn",
      "One of the differentiated Tensors does not require grad",
      "One of the differentiated Tensors appears to not have been used in the graph",
      "There are no graph nodes that require computing gradients",
    ],
    rule: "Gradients flow only through tensors that require them and through operations that record a graph.",
    summary: "the loss does not depend on anything that requires gradients",
    fixes: [
      "look for .detach(), .item(), .numpy() or torch.no_grad() between the parameters and the loss",
      "set requires_grad=True on the parameters that are to be trained",
    ],
  },
  {
    kind: "inPlace",
    seen: both,
    texts: [
      "one of the variables needed for gradient computation has been modified by an inplace operation: [torch.{type:name} {shape:shape}], which is output {n:int} of {operation:name}, is at version",
      "one of the variables needed for gradient computation has been modified by an inplace operation: [torch.{type:name} {shape:shape}]",
      "one of the variables needed for gradient computation has been modified by an inplace operation",
    ],
    rule: "Backward needs the values of the forward pass, which an operation in place has overwritten.",
    summary: "a tensor of {shape} that backward needs was changed in place",
    fixes: [
      "write x = x + y in place of x += y, and ReLU(inplace=False)",
      "torch.autograd.set_detect_anomaly(True) shows which forward line it was",
    ],
  },
  {
    kind: "inPlace",
    seen: both,
    texts: [
      "a leaf Variable that requires grad is being used in an in-place operation",
      "a view of a leaf Variable that requires grad is being used in an in-place operation",
      "cannot resize variables that require grad",
      "unsupported operation: more than one element of the written-to tensor refers to a single memory location",
    ],
    rule: "A parameter must not be changed in place while gradients are recorded.",
    summary: "{0} requires gradients and is changed in place",
    fixes: ["do it under torch.no_grad(), or make a new tensor"],
  },
  {
    kind: "autograd",
    seen: both,
    texts: ["Can't call numpy() on Tensor that requires grad", "Cannot use torch.Tensor.numpy() on"],
    rule: "A tensor with a graph cannot share its memory with NumPy.",
    summary: "{0} requires gradients and cannot become an array",
    fixes: ["use .detach().cpu().numpy()"],
  },
  {
    kind: "autograd",
    seen: both,
    texts: [
      "attempting to assign a gradient of size '{gradient:shape}' to a tensor of size '{tensor:shape}'",
      "assigned grad has data of a different size",
      "Mismatch in shape: grad_output[{n:int}] has a shape of torch.Size({gradient:shape}) and output[{m:int}] has a shape of torch.Size({tensor:shape})",
      "Mismatch in shape: grad_output[{n:int}] has a shape of {gradient:shape} and output[{m:int}] has a shape of {tensor:shape}",
      "returned an invalid gradient at index {n:int} - got {gradient:shape} but expected shape compatible with {tensor:shape}",
    ],
    rule: "A gradient has the shape of what it belongs to.",
    summary: "the gradient does not have the shape of its tensor",
  },
  {
    kind: "notFinite",
    seen: both,
    texts: [
      "Function '{operation:name}' returned nan values in its {n:int}th output",
      "returned nan values in its {n:int}th output",
    ],
    rule: "A gradient became nan in this operation: a root or logarithm of 0, a division by 0, or too large a step.",
    summary: "the gradient of {operation} became nan",
    fixes: [
      "add a small number before a root, logarithm or division: torch.sqrt(x + 1e-8)",
      "clip gradients or lower the learning rate",
    ],
  },
  {
    kind: "optimizer",
    seen: both,
    texts: [
      "optimizer got an empty parameter list",
      "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
      "loaded state dict has a different number of parameter groups",
      "params argument given to the optimizer should be an iterable of Tensors or dicts, but got",
      "optimizer can only optimize Tensors, but one of the params is {got:name}",
      "can't optimize a non-leaf Tensor",
    ],
    rule: "An optimizer takes the parameters of a model, the same ones that its saved state belongs to.",
    summary: "the parameters do not fit the optimizer",
    fixes: [
      "pass model.parameters(), after the layers were made, and freeze with requires_grad=False",
      "layers in a plain list are not found: use nn.ModuleList",
    ],
  },
  {
    kind: "scalar",
    seen: both,
    texts: [
      "a Tensor with {count:int} elements cannot be converted to Scalar",
      "only one element tensors can be converted to Python scalars",
      "only integer scalar tensors can be converted to an index",
    ],
    rule: "item(), float() and int() take a tensor with one element.",
    summary: "{0} has {count} elements and one is needed",
    fixes: ["reduce it first with .mean() or .sum(), or use .tolist() for all of them"],
  },
  {
    kind: "scalar",
    seen: both,
    texts: ["len() of a 0-d tensor", "iteration over a 0-d tensor"],
    rule: "A tensor of one number has no dimension to count or to go through.",
    summary: "{0} is a single number",
    fixes: ["use .item() for the number, or .unsqueeze(0) for a tensor with one entry"],
  },
  {
    kind: "ambiguousTruth",
    seen: both,
    texts: [
      "Boolean value of Tensor with more than one value is ambiguous",
      "Boolean value of Tensor with no values is ambiguous",
    ],
    rule: "if, and, or and not need one truth value; a tensor has one for each element.",
    summary: "{0} has many elements, and `if` needs one truth value",
    fixes: ["use (…).any() or (…).all(), and & | ~ in place of and, or, not"],
  },
];
