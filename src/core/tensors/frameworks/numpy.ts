import type { FrameworkRules } from "../rule";
import { indices } from "./numpy/indices";
import { shapes } from "./numpy/shapes";
import { values } from "./numpy/values";

/** NumPy, whose texts JAX and TensorFlow also show. */
export const numpy: FrameworkRules = {
  id: "numpy",
  module: "numpy",
  files: /[/\\>]numpy[/\\]|^<__array_function__/,
  classes: /^numpy\.|^_?(?:UFunc|AxisError|LinAlgError)/,
  code: /\bnp\.|\bnumpy\./,
  rules: [...shapes, ...indices, ...values],
};
