import type { FrameworkRules } from "../rule";
import { others } from "./tensorflow/others";
import { shapes } from "./tensorflow/shapes";

export const tensorflow: FrameworkRules = {
  id: "tensorflow",
  module: "tensorflow",
  files: /[/\\>]tensorflow[/\\]/,
  classes: /^tensorflow\.|InvalidArgumentError|ResourceExhaustedError|UnimplementedError/,
  messages: /\{\{(?:function_)?node |\[Op:\w+\]|Detected at node/,
  code: /\btf\./,
  rules: [...shapes, ...others],
};
