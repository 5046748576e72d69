import { text } from "node:stream/consumers";
import { isFailure, problemOf } from "../core/failure";
import { parseCapture } from "../core/gpu/captures";
import { sentence } from "../core/words";
import type { CommandLine } from "./arguments";
import { ExitCode, type TerminalIo } from "./terminal";

/** `tensorline parse FORMAT < capture`: how a bug report becomes a fixture. */
export async function runParse(line: Extract<CommandLine, { command: "parse" }>, io: TerminalIo): Promise<ExitCode> {
  const capture = await text(process.stdin);
  try {
    io.printJson(parseCapture(line.format, capture), true);
    return ExitCode.done;
  } catch (error) {
    if (!isFailure(error)) throw error;
    io.complain(sentence(problemOf(error)), error);
    return ExitCode.unreadable;
  }
}
