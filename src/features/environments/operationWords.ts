import type { Problem } from "../../core/failure";
import type { Operation } from "../../core/operations/operation";
import { sentence } from "../../core/words";

/** Reads why it failed from the end of its log. */
export type ExplainFailure = (operation: Operation) => Problem;

/** Why an operation that has ended did not do what was wanted; undefined where it did. */
function problemOfEnd(operation: Operation, explain: ExplainFailure): Problem | undefined {
  const { state, title } = operation;
  switch (state) {
    case "failed":
      return explain(operation);
    case "cancelled":
      return { reason: "operationCancelled", title };
    case "lost":
      return { reason: "operationLost", title };
    case "running":
    case "succeeded":
      return undefined;
  }
}

/** How it ended, in words. */
export function endWords(operation: Operation, explain: ExplainFailure): string {
  const problem = problemOfEnd(operation, explain);
  const left = operation.leftovers ? " What it had begun could not be undone: something may be left." : "";
  return problem ? `${sentence(problem)}${left}` : `${operation.title}: done.`;
}

/** The last line of output that says something, for a narrow place; control sequences and what was overwritten left out. */
export function lastLine(text: string): string | undefined {
  const plain = text
    .replace(/\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b./g, "")
    .split(/[\r\n]+/)
    .map((line) => line.replace(/[\x00-\x1f\x7f-\x9f]/g, "").trim())
    .filter((line) => line !== "")
    .at(-1);
  return plain === undefined || plain.length <= 80 ? plain : `${plain.slice(0, 79)}…`;
}
