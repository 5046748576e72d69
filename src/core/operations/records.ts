import { boundedText } from "../boundedText";
import type { Operation, OperationState } from "./operation";
import { isOperationId } from "./request";

const states: readonly string[] = ["running", "succeeded", "failed", "cancelled", "lost"] satisfies OperationState[];

/** Reads `ID STATE CODE BEGAN ENDED LEFT`, each `-` where unknown, and the title; undefined where that is none. */
export function parseOperation(head: string, title: string): Operation | undefined {
  const [id = "", state = "", code = "", began = "", ended = "", left = ""] = head.split(" ");
  if (!isOperationId(id) || !states.includes(state)) return undefined;
  return {
    id,
    title: boundedText(title),
    state: state as OperationState,
    ...(isTime(began) ? { startedAt: began } : {}),
    ...(isTime(ended) ? { endedAt: ended } : {}),
    ...(/^\d{1,3}$/.test(code) ? { exitCode: Number(code) } : {}),
    ...(left === "left" ? { leftovers: true } : {}),
  };
}

/** Reads two lines for each; newest first. What is none is left out. */
export function parseOperations(text: string): readonly Operation[] {
  const lines = text.split("\n");
  const found: Operation[] = [];
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const operation = parseOperation(lines[at] ?? "", lines[at + 1] ?? "");
    if (operation) found.push(operation);
  }
  return found.sort((a, b) => (b.startedAt ?? "").localeCompare(a.startedAt ?? ""));
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(Date.parse(text));
}
