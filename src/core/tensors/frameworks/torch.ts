import { broadcastRule, explainBroadcast } from "../families/broadcast";
import { explainMatmul, matmulRule } from "../families/matmul";
import type { FrameworkRules } from "../rule";

export const torch: FrameworkRules = {
  id: "torch",
  module: "torch",
  files: /[/\\>]torch[/\\]/,
  classes: /^torch\./,
  code: /\b(?:torch|nn|F)\./,
  rules: [
    {
      kind: "matmul",
      seen: ["1.13", "2.13"],
      rule: matmulRule,
      explain: explainMatmul,
      texts: ["mat1 and mat2 shapes cannot be multiplied ({mat1:shape} and {mat2:shape})"],
    },
    {
      kind: "broadcast",
      seen: ["1.13", "2.13"],
      rule: broadcastRule,
      explain: explainBroadcast,
      texts: [
        "The size of tensor a ({a:int}) must match the size of tensor b ({b:int}) at non-singleton dimension {dim:int}",
      ],
    },
  ],
};
