import type { Explanation, FailureException } from "../../shared/tensors";
import type { Found } from "./rule";

export type StructureTold = Pick<
  Explanation,
  "kind" | "framework" | "summary" | "rule" | "fixes" | "operands" | "confidence"
>;

export function explainByStructure(_exception: FailureException, _found: Found): StructureTold | undefined {
  return undefined;
}
