import { text } from "node:stream/consumers";
import { explainText } from "../core/tensors/explain";
import { shapeText } from "../core/tensors/shapes";
import type { Explanation } from "../shared/tensors";
import type { CommandLine } from "./arguments";
import { ExitCode, type TerminalIo } from "./terminal";

/** `tensorline explain < text`: what a traceback about tensors means. */
export async function runExplain(
  line: Extract<CommandLine, { command: "explain" }>,
  io: TerminalIo,
): Promise<ExitCode> {
  const explanation = explainText(await text(process.stdin));
  if (!explanation) {
    io.complain("There is nothing about tensors in this text that could be explained.");
    return ExitCode.unreadable;
  }
  if (line.json) io.printJson(explanationJson(explanation), true);
  else io.print(explanationLines(explanation).join("\n"));
  return ExitCode.done;
}

/** The names of docs/cli.md; fixes are sentences alone. */
export function explanationJson(explanation: Explanation) {
  const {
    kind,
    framework,
    summary,
    message,
    expression,
    operands,
    module,
    rule,
    fixes,
    confidence,
    location,
    rank,
    others,
  } = explanation;
  return {
    kind,
    framework,
    summary,
    message,
    expression,
    operands,
    module,
    rule,
    fix: fixes.map((fix) => fix.text),
    confidence,
    location,
    rank,
    others,
  };
}

function explanationLines({ summary, expression, operands, module, rule, fixes, location, others, rank }: Explanation) {
  const width = Math.max(0, ...operands.map(({ name }) => name.length));
  const place = location ? `${location.file}:${location.line}` : undefined;
  return [
    [place, expression, module].filter((part) => part !== undefined).join("   "),
    ...operands.map(({ name, shape, dtype = "", device, note }) =>
      [`  ${name.padEnd(width)}`, `${dtype}${shapeText(shape)}`, device, note]
        .filter((part) => part !== undefined)
        .join("  "),
    ),
    summary,
    rule === summary ? "" : rule,
    ...fixes.map(({ text }) => `fix: ${text}`),
    others > 0 ? `${rank === undefined ? "" : `This was rank ${rank}. `}${others} more failed after it.` : "",
  ].filter((line) => line !== "");
}
