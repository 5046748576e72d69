import { broadcastRule, explainBroadcast } from "../families/broadcast";
import { explainMatmul, matmulRule } from "../families/matmul";
import { explainMemory } from "../families/memory";
import { explainReshape, reshapeRule } from "../families/reshape";
import { concatRule, explainConcat, explainStack, stackRule } from "../families/stacking";
import type { FrameworkRules, Rule } from "../rule";

const seen = ["0.10"];

const shapes: readonly Rule[] = [
  {
    kind: "broadcast",
    seen,
    texts: [
      "{operation:name} got incompatible shapes for broadcasting: {operand:shapes}",
      "Incompatible shapes for broadcasting: shapes=[{operand:shapes}]",
      "Incompatible shapes for broadcasting: {operand:shapes}",
      "Incompatible types for broadcasting: input type={input:shape} and requested type={requested:shape}",
      "Incompatible shapes for broadcasting: {input:shape} and requested shape {requested:shape}",
      "{operation:name}: arrays must have same number of dimensions, got {operand:shapes}",
      "arrays must have same number of dimensions, got {operand:shapes}",
      "{operation:name} requires all operands to have {rest:text}, got {operand:shapes}",
    ],
    rule: broadcastRule,
    explain: explainBroadcast,
  },
  {
    kind: "matmul",
    seen,
    texts: [
      "Incompatible types for matmul arguments: {a:shape} and {b:shape}",
      "Incompatible shapes for matmul arguments: {a:shape} and {b:shape}",
      "Incompatible shapes for dot: got {a:shape} and {b:shape}",
    ],
    rule: matmulRule,
    explain: explainMatmul,
  },
  {
    kind: "matmul",
    seen,
    texts: [
      "dot_general requires contracting dimensions to have the same shape, got {first:shape} and {second:shape}",
      "dot_general requires {rest:text} to have the same {what:text}, got {first:shape} and {second:shape}",
      "matmul input operand {operand:int} must have ndim at least {needed:int}, but it has ndim {rank:int}",
      "dot_general {fault:text}",
    ],
    rule: matmulRule,
    explain: (found) =>
      found.isRecorded && found.operands.length > 1
        ? explainMatmul(found)
        : {
            summary: found.words.first
              ? `the sizes that are summed over are ${found.words.first} and ${found.words.second}`
              : "the operands have no such product",
            fixes: [{ text: "transpose one of the two with .T if rows and columns are swapped" }],
          },
  },
  {
    kind: "concat",
    seen,
    texts: [
      "Cannot concatenate arrays with shapes that differ in dimensions other than the one being concatenated: concatenating along dimension {dim:int} for shapes {operand:shapes}",
      "Cannot concatenate arrays with different numbers of dimensions: got {operand:shapes}",
      "Zero-dimensional arrays cannot be concatenated",
    ],
    rule: concatRule,
    explain: explainConcat,
  },
  {
    kind: "stack",
    seen,
    texts: ["All input arrays must have the same shape. Got {operand:shapes}"],
    rule: stackRule,
    explain: explainStack,
  },
  {
    kind: "reshape",
    seen,
    texts: [
      "cannot reshape array of shape {source:shape} (size {count:int}) into shape {target:shape}",
      "reshape total size must be unchanged, got new_sizes {target:shape} for shape {source:shape}",
    ],
    rule: reshapeRule,
    explain: explainReshape,
  },
  {
    kind: "dtype",
    seen,
    texts: [
      "{operation:name} requires arguments to have the same dtypes, got {a:word}, {b:word}. (Tip",
      "requires arguments to have the same dtypes, got {a:word}, {b:word}",
      "does not accept dtype {got:name}",
      "requires real- or complex-valued inputs (input dtype that is a sub-dtype of np.inexact), but got {got:name}",
      "grad requires real-valued outputs {rest:text}",
      "must be of floating-point type, got {got:name}",
    ],
    rule: "Both sides of an operation of lax need the same element type, and gradients need floating point numbers.",
    summary: "the element types do not fit the operation",
    fixes: ["cast with .astype(jnp.float32), or use jnp in place of lax, which brings types together"],
  },
  {
    kind: "conv",
    seen,
    texts: [
      "conv_general_dilated lhs feature dimension size divided by feature_group_count must equal the rhs input feature dimension size, but {got:int} // {groups:int} != {needed:int}",
      "conv_general_dilated {fault:text}",
      "convolution requires lhs and rhs ndim to be equal, got {a:int} and {b:int}",
    ],
    rule: "A convolution needs as many input channels as its kernel; the layout says where they stand.",
    summary: "the input has {got} channels and the kernel {needed}",
    fixes: ['name the layout in dimension_numbers, such as ("NHWC", "HWIO", "NHWC"), or transpose the input'],
  },
  {
    kind: "slice",
    seen,
    texts: [
      "slice slice_sizes must be less than or equal to operand shape, got slice_sizes {part:shape} for operand shape {operand:shape}",
      "dynamic_update_slice update shape must be smaller than operand shape, got update shape {part:shape} for operand shape {operand:shape}",
      "{function:name} slice_sizes must be less than or equal to operand shape, got slice_sizes {part:shape} for operand shape {operand:shape}",
      "slice limit_indices must be less than or equal to operand shape, got limit_indices {part:shape} for operand shape {operand:shape}",
      "pad {fault:text} got {part:shape}",
    ],
    rule: "A slice must lie inside the array that it is taken from or put into.",
    summary: "a part of {part} does not lie in {operand}",
  },
];

const transformations: readonly Rule[] = [
  {
    kind: "vmap",
    seen,
    texts: [
      "vmap got inconsistent sizes for array axes to be mapped",
      "vmap was requested to map its argument along axis {dim:int}, which implies that its rank should be at least {needed:int}, but is only {rank:int} (its shape is {input:shape})",
      "vmap in_axes {fault:text}",
      "vmap must have at least one non-None value in in_axes",
    ],
    rule: "vmap goes through one axis of every argument, which must have the same size in all.",
    explain: (found) => {
      const axes = [
        ...found.context.matchAll(
          /had size (?<size>\d+): axis (?<axis>\d+) of argument (?<name>[\w.[\]]+) of type (?<type>\w+\[[\d,]*\])/g,
        ),
      ];
      const written = axes.map(({ groups }) => ({
        name: groups?.name ?? "",
        shape: (/\[(.*)\]/.exec(groups?.type ?? "")?.[1] ?? "").split(",").filter(Boolean).map(Number),
        dtype: groups?.type?.split("[")[0] ?? "",
        clash: [Number(groups?.axis)],
      }));
      return {
        operands: written.length > 0 ? written : found.operands,
        summary:
          axes.length > 0
            ? `the mapped axes have the sizes ${axes.map(({ groups }) => `${groups?.size} (${groups?.name})`).join(" and ")}`
            : "the arguments do not have the axes that are mapped",
        fixes: [{ text: "give None in in_axes for what is not mapped, or another axis" }],
      };
    },
  },
  {
    kind: "loopShape",
    seen,
    texts: [
      "{function:name} body function carry input and carry output must have equal types, but they differ:{details:block}The input carry {which:text} has type {input:shape} but the corresponding output carry component has type {output:shape}",
      "{function:name} carry input and carry output must have equal types",
      "body function carry input and carry output must have equal types",
      "scan got values with different leading axis sizes: {sizes:text}",
      "branches must have equal output types but they differ",
      "{function:name} got values with different leading axis sizes: {sizes:text}",
      "body_fun and init_val must have {rest:text}",
    ],
    rule: "What a loop carries keeps its shape and type from step to step, and both branches give the same.",
    summary: "the shape or type changes from one step to the next",
    fixes: ["give the first value the final shape and dtype, or pad to a fixed size"],
  },
  {
    kind: "tracing",
    seen,
    texts: [
      "Attempted boolean conversion of traced array with shape {traced:shape}",
      "Abstract tracer value encountered where concrete value is expected: traced array with shape {traced:shape}",
      "The numpy.ndarray conversion method __array__() was called on traced array with shape {traced:shape}",
      "The __index__() method was called on traced array with shape {traced:shape}",
      "Array boolean indices must be concrete; got {traced:shape}",
      "Shapes must be 1D sequences of concrete values of integer type, got {got:text}",
      "Abstract tracer value encountered where concrete value is expected",
      "Encountered an unexpected tracer. A function transformed by JAX had a side effect, allowing for a reference to an intermediate value with type {traced:shape} wrapped in",
      "Encountered an unexpected tracer",
      "as an abstract array. The problematic value is of type {got:text} and was passed to the function",
      "returned a value of type {got:text}, which is not a valid JAX type",
      "Non-hashable static arguments are not supported",
      "is not a valid JAX type",
      "Argument '{got:text}' of type {type:text} is not a valid JAX type",
    ],
    rule: "Inside jit, grad and vmap arrays have a shape and no values, and shapes must be known before.",
    summary: "the code needs a value that is not there while JAX traces",
    fixes: [
      "use jnp.where or lax.cond in place of if, lax.fori_loop or scan in place of a loop over values",
      "mark arguments that decide about shapes as static_argnums",
    ],
  },
  {
    kind: "autograd",
    seen,
    texts: [
      "Gradient only defined for scalar-output functions. Output had shape: {output:shape}",
      "grad requires real- or complex-valued {rest:text}",
      "Gradient only defined for scalar-output functions",
    ],
    rule: "grad takes a function that gives one number.",
    summary: "the function gives {output}, and grad needs one number",
    fixes: ["end it with .mean() or .sum(), or use jax.jacobian"],
  },
  {
    kind: "immutable",
    seen,
    texts: [
      "JAX arrays are immutable and do not support in-place item assignment",
      "object does not support item assignment. JAX arrays are immutable",
    ],
    rule: "Arrays of JAX cannot be changed.",
    summary: "{0} cannot be assigned to",
    fixes: ["use x = x.at[i].set(y)"],
  },
  {
    kind: "outOfMemory",
    seen,
    texts: [
      "RESOURCE_EXHAUSTED: Out of memory allocating {bytes:int} bytes",
      "RESOURCE_EXHAUSTED: Out of memory while trying to allocate {bytes:int} bytes",
      "RESOURCE_EXHAUSTED: {fault:text}",
    ],
    rule: "The arrays of the program must fit into the memory of the device; JAX takes three quarters of a GPU at its start.",
    explain: (found) => ({
      ...explainMemory(found),
      fixes: [
        { text: "use a smaller batch, or jax.checkpoint" },
        { text: "XLA_PYTHON_CLIENT_PREALLOCATE=false lets others have what JAX does not use" },
      ],
    }),
  },
  {
    kind: "deletedArray",
    seen,
    texts: ["Array has been deleted with shape={array:shape}", "Buffer has been deleted or donated"],
    rule: "An array that was donated to a jitted function must not be used again.",
    summary: "the array was given away with donate_argnums",
    fixes: ["use the result in its place, or do not donate it"],
  },
  {
    kind: "sharding",
    seen,
    texts: [
      "Resource axis: {axis:word} of {spec:text} is not found in mesh: {mesh:text}",
      "is incompatible with its sharding annotation",
      "is only valid for values of rank at least {needed:int}, but was applied to a value of rank {rank:int}",
      "implies that the global size of its dimension {dim:int} should be divisible by {n:int}, but it is equal to {got:int}",
      "Received incompatible devices for jitted computation",
    ],
    rule: "A sharding names axes of the mesh, at most one for each dimension, and must divide the sizes.",
    summary: "the sharding does not fit the array or the mesh",
  },
  {
    kind: "randomKey",
    seen,
    texts: [
      "JAX encountered invalid PRNG key data",
      "{function:name} accepts a single key, but was given a key array of shape {key:shape}",
      "accepts a single key, but was given a key array of shape",
    ],
    rule: "Random functions take a key of jax.random.key.",
    summary: "this is no key",
    fixes: ["make one with jax.random.key(0) and split it with jax.random.split"],
  },
];

export const jax: FrameworkRules = {
  id: "jax",
  module: "jax",
  files: /[/\\>](?:jax|jaxlib|flax|optax|equinox)[/\\]/,
  classes: /^jax|^(?:XlaRuntimeError|Tracer|Concretization|NonConcrete|UnexpectedTracer)/,
  code: /\b(?:jnp|jax|lax)\./,
  rules: [...shapes, ...transformations],
};
