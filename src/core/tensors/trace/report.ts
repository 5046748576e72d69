import { posix } from "node:path";
import type { ShapeTrace, TracedLine, TracedValue } from "../../../shared/shapeTrace";
import { sizeText } from "../../words/size";
import type { SizeOrigin } from "./origin";
import { createSymbols, type Symbols } from "./symbols";
import { flattened, type LayerNode, layerTrees } from "./tree";

const MOST_OPERATIONS = 300;

/** A trace as a page of Markdown to be read or kept. */
export function traceMarkdown(trace: ShapeTrace): string {
  const symbols = createSymbols(trace);
  return [
    `# Shapes of ${escaped(trace.program || "a run")}`,
    ...facts(trace),
    ...letters(symbols),
    ...layerTrees(trace).flatMap((tree) => layerTable(tree, symbols)),
    ...lineTables(trace, symbols),
    ...operationTable(trace, symbols),
    "",
  ].join("\n\n");
}

/** A trace as JSON, with the shapes as people read them beside the sizes. */
export function traceJson(trace: ShapeTrace): string {
  const symbols = createSymbols(trace);
  const named = (values: readonly TracedValue[]) => values.map((value) => ({ ...value, shape: symbols.shape(value) }));
  const inAndOut = <T extends { inputs: readonly TracedValue[]; outputs: readonly TracedValue[] }>(one: T) => ({
    ...one,
    inputs: named(one.inputs),
    outputs: named(one.outputs),
  });
  const told = {
    ...trace,
    symbols: symbols.letters,
    lines: trace.lines.map((line) => ({ ...line, values: named(line.values) })),
    modules: trace.modules.map(inAndOut),
    operations: trace.operations.map(inAndOut),
  };
  return `${JSON.stringify(told, undefined, 2)}\n`;
}

/** Where a size comes from, as Markdown. */
export function originMarkdown({ size, steps, layers }: SizeOrigin, trace: ShapeTrace): string {
  const symbols = createSymbols(trace);
  const [first] = steps;
  const found = first
    ? `${size} first appears in line ${first.line.line} of ${code(posix.basename(first.line.file))}.`
    : `No line of the last trace made a tensor with a size of ${size}.`;
  const rows = steps.map(({ line, value, factors }) => [
    `${code(posix.basename(line.file))}:${line.line}`,
    code(line.function),
    code(`${value.name}: ${symbols.shape(value)}`),
    factors ? factors.join(" × ") : "",
  ]);
  return [
    `# Where does ${size} come from?`,
    found,
    ...(rows.length > 0 ? [table(["Line", "Function", "Value", "Made of"], rows)] : []),
    ...(layers.length > 0 ? ["Layers with it:", layers.map((one) => `- ${code(one)}`).join("\n")] : []),
    "",
  ].join("\n\n");
}

function facts(trace: ShapeTrace): string[] {
  const versions = Object.entries(trace.versions).map(([name, version]) => `${name} ${version}`);
  const ranks = trace.ranks.length > 1 ? [`ranks ${trace.ranks.join(", ")}`] : [];
  const processes = trace.processes > 1 ? [`${trace.processes} processes`] : [];
  const words = [
    `Python ${trace.python}`,
    ...versions,
    ...processes,
    ...ranks,
    `${trace.seconds.toFixed(1)} s`,
    trace.began,
  ];
  return [
    escaped(words.join(", ")),
    ...(trace.isOver ? [] : ["It has not ended, or was ended from outside: this is what had been written until then."]),
    ...(trace.isStopped ? ["A debugger or a coverage tool was there: lines were left to it."] : []),
    ...(trace.isCut ? ["There was more than is kept."] : []),
  ];
}

function letters({ letters }: Symbols): string[] {
  if (letters.length === 0) return [];
  const told = letters.map(({ letter, least, most }) => `**${letter}** was ${least} to ${most}`);
  return [`${told.join(", ")}.`];
}

function layerTable(tree: LayerNode, symbols: Symbols): string[] {
  const rows = flattened(tree).map(({ layer, name, depth, parameters, activationBytes }) => [
    `${"&emsp;".repeat(depth)}${code(name)}`,
    escaped(layer.sizes === undefined ? layer.type : `${layer.type}(${layer.sizes})`),
    layer.calls === 0 ? "never ran" : shapes(layer.inputs, symbols),
    shapes(layer.outputs, symbols),
    parameters === 0 ? "" : grouped(parameters),
    activationBytes === 0 ? "" : sizeText(activationBytes),
    device(layer.outputs),
  ]);
  const head = ["Layer", "Type", "Input", "Output", "Parameters", "Activations", "Device"];
  return [`## ${escaped(tree.layer.type)}`, table(head, rows, [4, 5])];
}

function lineTables({ lines }: ShapeTrace, symbols: Symbols): string[] {
  const files = [...new Set(lines.map(({ file }) => file))];
  return files.flatMap((file) => {
    const rows = lines
      .filter((line) => line.file === file)
      .map((line) => [
        String(line.line),
        code(line.function),
        namedShapes(line, "used", symbols),
        namedShapes(line, "made", symbols),
        device(line.values),
      ]);
    return [`## ${escaped(file)}`, table(["Line", "Function", "Before", "After", "Device"], rows, [0])];
  });
}

function namedShapes({ values }: TracedLine, which: "used" | "made", symbols: Symbols): string {
  const chosen = values.filter(({ role }) => (role === "used") === (which === "used"));
  return chosen.map((value) => code(`${value.name}: ${symbols.shape(value)}`)).join(" ");
}

function operationTable({ operations }: ShapeTrace, symbols: Symbols): string[] {
  if (operations.length === 0) return [];
  const rows = operations
    .slice(0, MOST_OPERATIONS)
    .map(({ name, file, line, calls, inputs, outputs }) => [
      file === undefined ? "" : `${code(posix.basename(file))}:${line}`,
      code(name),
      shapes(inputs, symbols),
      shapes(outputs, symbols),
      String(calls),
    ]);
  const rest = operations.length - rows.length;
  return [
    "## Operations",
    table(["Line", "Operation", "Inputs", "Outputs", "Calls"], rows, [4]),
    ...(rest > 0 ? [`and ${rest} more, which the export as JSON holds`] : []),
  ];
}

const shapes = (values: readonly TracedValue[], symbols: Symbols) =>
  [...new Set(values.map((value) => code(symbols.shape(value))))].join(" ");

const device = (values: readonly TracedValue[]) =>
  [...new Set(values.flatMap((one) => one.device ?? []))].map(escaped).join(", ");

const grouped = (count: number) => count.toLocaleString("en-US");

function table(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const marks = head.map((_, at) => (right.includes(at) ? "---:" : "---"));
  return [head, marks, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** What a host sent is text, not Markdown or HTML. */
const escaped = (text: string) =>
  text
    .replace(/[\\`*_{}[\]()#+!|~-]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;");

/** Text that stays as it is; a bar would end the cell. */
function code(text: string): string {
  const safe = text.replaceAll("|", "\\|");
  const fence = "`".repeat(Math.max(0, ...(safe.match(/`+/g) ?? []).map((run) => run.length)) + 1);
  const gap = safe.startsWith("`") || safe.endsWith("`") ? " " : "";
  return safe === "" ? "" : `${fence}${gap}${safe}${gap}${fence}`;
}
