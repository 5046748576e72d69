import { boundedText } from "../boundedText";
import { Failure, type Problem } from "../failure";
import { systemProblem } from "../hostComplaint";
import type { CommandOutput, RemoteCommand, StreamCommand } from "../remote";
import startPart from "../transfer/scripts/start.sh";
import type { Operation, OperationRequest } from "./operation";
import { parseOperation, parseOperations } from "./records";
import { isOperationId, requestText } from "./request";
import followScript from "./scripts/follow.sh";
import forgetScript from "./scripts/forget.sh";
import listScript from "./scripts/list.sh";
import lookScript from "./scripts/look.sh";
import placeText from "./scripts/place.sh";
import recordsPart from "./scripts/records.sh";
import stagePart from "./scripts/stage.sh";
import startScript from "./scripts/start.sh";

/** One operation as the host sees it now. */
export interface Look {
  readonly operation: Operation;
  /** Nothing of it runs any more, and it is undone where it had to be. */
  readonly ended: boolean;
  /** Length of its log at present. */
  readonly logBytes: number;
}

const deadlineMs = 30_000;

const placePart = `kind=operations\n${placeText}${recordsPart}`;

/** Where the host keeps operations, for a complaint about room or rights. */
const folder = "~/.local/state/tensorline";

/**
 * Starts an operation, unless it runs or has run already.
 * @throws Failure `operationUnusable`; in `parse` `hostLacksTool`, `hostDiskFull` and its like, `commandFailed`
 */
export function startCommand(request: OperationRequest): RemoteCommand<void> {
  return command(
    "starting an operation",
    `${stagePart}${startScript}`,
    [request.id],
    requestText(request),
    (output) => {
      if (output.exitCode !== 0 || output.stdout !== "running\n") throw failed("starting an operation", output);
    },
  );
}

/** How an operation stands. With `cancel` it is told to end. */
export function lookCommand(id: string, cancel = false): RemoteCommand<Look> {
  const what = cancel ? "cancelling an operation" : "looking at an operation";
  return command(what, lookScript, [known(id), cancel ? "cancel" : ""], undefined, (output) => {
    if (output.exitCode !== 0) throw failed(what, output, id);
    const [head = "", title = "", bytes = ""] = output.stdout.split("\n");
    const operation = parseOperation(head, title);
    if (!operation || !/^ *\d+$/.test(bytes)) {
      throw new Failure({ reason: "unreadable", what: "an operation", detail: boundedText(output.stdout) });
    }
    return { operation, ended: operation.endedAt !== undefined, logBytes: Number(bytes) };
  });
}

export const listCommand: RemoteCommand<readonly Operation[]> = command(
  "listing the operations",
  listScript,
  [],
  undefined,
  (output) => {
    if (output.exitCode !== 0) throw failed("listing the operations", output);
    return parseOperations(output.stdout);
  },
);

/** @throws Failure in `parse`: `operationUnknown`, `operationRunning` */
export function forgetCommand(id: string): RemoteCommand<void> {
  const what = "removing an operation";
  return command(what, forgetScript, [known(id)], undefined, (output) => {
    if (output.exitCode !== 0) throw failed(what, output, id);
  });
}

/** The log's bytes from `fromByte` on until the operation has ended; wants a line every ten seconds. */
export function followCommand(id: string, fromByte: number, silenceMs = 30_000): StreamCommand {
  return {
    what: "following an operation",
    script: `{\n${startPart}${placePart}${followScript}\nexit\n}`,
    parameters: [known(id), String(fromByte), String(silenceMs / 3000)],
    deadlineMs: 20_000,
    // It goes on from where it stopped, so that nothing is lost when something else, such as cancelling, needs the session.
    yields: true,
  };
}

function command<T>(
  what: string,
  script: string,
  parameters: readonly string[],
  stdin: string | undefined,
  parse: (output: CommandOutput) => T,
): RemoteCommand<T> {
  return {
    what,
    argv: ["sh", "-c", `${placePart}${script}`, "sh", ...parameters],
    ...(stdin === undefined ? {} : { stdin }),
    deadlineMs,
    parse,
  };
}

/** An id that can be no operation's is looked for nowhere. */
function known(id: string): string {
  if (!isOperationId(id)) throw new Failure({ reason: "operationUnknown", id });
  return id;
}

/** What the exit codes of `scripts/` say. */
function failed(what: string, { exitCode, stderr }: CommandOutput, id = ""): Failure {
  return new Failure(problemOfExit());

  function problemOfExit(): Problem {
    if (exitCode === 40) return { reason: "operationUnknown", id };
    if (exitCode === 41) return { reason: "hostLacksTool", tool: "setsid" };
    if (exitCode === 45) return { reason: "operationRunning", id };
    const other: Problem = { reason: "commandFailed", what, exitCode, detail: boundedText(stderr) };
    return (exitCode === 43 ? systemProblem(stderr, folder) : undefined) ?? other;
  }
}
