import { explainText, readsAtMost } from "../core/tensors/explain";
import { shapeText } from "../core/tensors/shapes";
import type { Explanation } from "../shared/tensors";
import type { CommandLine } from "./arguments";
import { explanationOf } from "./explainJob";
import { ExitCode, type TerminalIo } from "./terminal";

/** `tensorline explain < text`, `tensorline explain HOST ID`: what a failure about tensors means, of a text or of a job. */
export async function runExplain(
  line: Extract<CommandLine, { command: "explain" }>,
  io: TerminalIo,
): Promise<ExitCode> {
  const { job } = line;
  const explanation = job
    ? await explanationOf({ ...job, connection: line.connection }, io)
    : explainText(await endOf(process.stdin.setEncoding("utf8")));
  if (!explanation) {
    const where = job ? "how this job ended" : "this text";
    io.complain(`There is nothing about tensors in ${where} that could be explained.`);
    return ExitCode.unreadable;
  }
  if (line.json) io.printJson(explanationJson(explanation), true);
  else io.print(explanationLines(explanation).join("\n"));
  return ExitCode.done;
}

/** A log may be larger than what fits into memory, and what ended a program stands at its end. */
async function endOf(log: AsyncIterable<string>): Promise<string> {
  let end = "";
  for await (const part of log) end = (end + part).slice(-readsAtMost);
  return end;
}

/** The names of docs/cli.md; fixes are sentences alone. */
export function explanationJson({ fixes, layers, ...told }: Explanation) {
  return { ...told, fix: fixes.map(({ text }) => text) };
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
