import { explainMemory } from "../../families/memory";
import type { Rule } from "../../rule";

const seen = ["0.10"];

/** What jit, grad, vmap, loops and devices want. */
export const transformations: readonly Rule[] = [
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
