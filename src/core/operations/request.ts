import { Failure } from "../failure";
import type { OperationRequest } from "./operation";
import keepScript from "./scripts/keep.sh";
import runScript from "./scripts/run.sh";
import superviseScript from "./scripts/supervise.sh";
import supervisionPart from "./scripts/supervision.sh";

const longestTitle = 200;
/** All of it becomes one line for the host's shell. */
const mostBytes = 512 * 1024;

/**
 * A request as `start.sh` reads it: its secrets, then for each part a line `NAME LINES` and its lines, then `end 0`.
 * @throws Failure `operationUnusable`
 */
export function requestText({ id, title, parameters, script, undo, secrets = {} }: OperationRequest): string {
  const refuse = (why: string): never => {
    throw new Failure({ reason: "operationUnusable", title, why });
  };
  if (!isOperationId(id)) refuse("its id may hold letters, digits and dashes only");
  if (title === "" || title.length > longestTitle) refuse(`its title must have 1 to ${longestTitle} characters`);
  if (/\p{Cc}/u.test(title)) refuse("its title holds a control character");
  if (parameters.some((word) => /[\n\0]/.test(word))) refuse("a parameter holds a line break or a NUL");
  if (`${script}${undo ?? ""}`.includes("\0")) refuse("its script holds a NUL");
  const variables = Object.entries(secrets);
  if (variables.some(([name, value]) => !/^[A-Z][A-Z0-9_]*$/.test(name) || /[\n\0]/.test(value)))
    refuse("a secret holds a line break, or has a name that no variable has");
  const text = [
    part(
      "secrets",
      variables.map(([name, value]) => `${name} ${value}`),
    ),
    part("title", [title]),
    part("parameters", parameters),
    part("script", linesOf(script)),
    ...(undo === undefined ? [] : [part("undo", linesOf(undo))]),
    part("supervise", linesOf(`${supervisionPart}${superviseScript}`)),
    part("run", linesOf(runScript)),
    part("keep", linesOf(keepScript)),
    "end 0\n",
  ].join("");
  if (Buffer.byteLength(text) > mostBytes) refuse(`it is longer than ${mostBytes / 1024} KiB`);
  return text;
}

/** Whether a word can name an operation: it becomes a folder's name on the host. */
export function isOperationId(id: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(id);
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, "").split("\n");
}

function part(name: string, lines: readonly string[]): string {
  return `${name} ${lines.length}\n${lines.map((line) => `${line}\n`).join("")}`;
}
