import type { FrameworkRules } from "../rule";
import { shapes } from "./jax/shapes";
import { transformations } from "./jax/transformations";

export const jax: FrameworkRules = {
  id: "jax",
  module: "jax",
  files: /[/\\>](?:jax|jaxlib|flax|optax|equinox)[/\\]/,
  classes: /^jax|^(?:XlaRuntimeError|Tracer|Concretization|NonConcrete|UnexpectedTracer)/,
  code: /\b(?:jnp|jax|lax)\./,
  rules: [...shapes, ...transformations],
};
