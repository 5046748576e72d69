import type { ExplainedOperand, Explanation, ModelLayer } from "../../shared/tensors";
import { columnsOf, cutTo, shownText, wrapped } from "./shownText";

export interface RenderOptions {
  /** Of the terminal; fewer than 40 are taken as 40. */
  readonly columns: number;
  readonly colour: boolean;
}

/** Lines wider than this are hard to read. */
const WIDEST = 100;
const MOST_OPERANDS = 8;
const MOST_FIXES = 4;
const LONGEST = 600;
/** Below it the box says that it guesses. */
const SURE = 0.5;

/** The terminal's own colours, so that every theme reads well. */
const colours = { rule: "36", dim: "2", place: "4", clash: "1;31", name: "1", fix: "32" } as const;
type Paint = (colour: keyof typeof colours, text: string) => string;

const painted: Paint = (colour, text) => (text === "" ? "" : `\u001b[${colours[colour]}m${text}\u001b[0m`);
const plain: Paint = (_, text) => text;

/** An explanation as a box for a terminal, a line each, without line ends; nothing in it acts on the terminal but colours. */
export function renderExplanation(explanation: Explanation, { columns, colour }: RenderOptions): string[] {
  const width = Math.max(40, Math.min(columns, WIDEST)) - 1;
  const paint = colour ? painted : plain;
  const inner = width - 2;
  const text = (value: string, of: keyof typeof colours | undefined = undefined) =>
    wrapped(bounded(value), inner).map((line) => (of ? paint(of, line) : line));
  const body = [
    ...head(explanation, inner, paint),
    ...operandRows(explanation.operands, inner, paint),
    ...text(explanation.summary),
    ...(explanation.operands.length === 0 ? text(explanation.rule, "dim") : []),
    ...fixRows(explanation, inner, paint),
    ...text(failedRanks(explanation), "dim"),
  ];
  const title = explanation.confidence < SURE ? "tensorline (a guess)" : "tensorline";
  const words = placeOf(explanation) === undefined ? [showWords] : [openWords(explanation), showWords];
  return [
    paint("rule", `╭ ${title} ${ruleAfter(title, width)}`),
    ...body.map((line) => `${paint("rule", "│")} ${line}`),
    `${paint("rule", "╰ ")}${words.map((each) => paint("place", each)).join(" · ")} ${paint("rule", ruleAfter(words.join(" · "), width))}`,
  ];
}

/** What a click on the last line of the box does: shows all that is known. */
export const showWords = "show shapes";

/** What a click on the last line of the box does: opens the line that failed. */
export const openWords = (explanation: Explanation): string => `open ${cutTo(placeOf(explanation) ?? "", 30)}`;

/** `model.py:41: mat1 and mat2 do not fit (h float32[32, 784], fc2.weight float32[10, 512])`: one line, for a notification. */
export function explanationLine(explanation: Explanation): string {
  const place = placeOf(explanation);
  const operands = explanation.operands.slice(0, 3).map((operand) => `${operand.name} ${tensorText(operand)}`);
  const more = operands.length > 0 ? ` (${operands.map(shownText).join(", ")})` : "";
  return cutTo(`${place === undefined ? "" : `${place}: `}${bounded(explanation.summary)}${more}`, 300);
}

/** `float32[32, 784] cuda:0`; a size that clashes is marked by a sign. */
export const tensorText = (operand: ExplainedOperand): string =>
  [`${operand.dtype ?? ""}${shapeText(operand)}`, operand.device].filter(Boolean).join(" ");

const shapeText = ({ shape, clash = [] }: ExplainedOperand): string =>
  `[${shape.map((size, at) => `${clash.includes(at) ? "≠" : ""}${size ?? "?"}`).join(", ")}]`;

const bounded = (text: string): string => shownText(text.slice(0, LONGEST)).trim();

/** What is left of a line behind its corner and its words. */
const ruleAfter = (words: string, width: number): string => "─".repeat(Math.max(0, width - columnsOf(words) - 3));

/** `model.py:41` */
function placeOf({ location }: Explanation): string | undefined {
  return location && `${shownText(location.file.split("/").at(-1) ?? "")}:${location.line}`;
}

/** Where it failed and in which layer: side by side where there is room. */
function head(explanation: Explanation, columns: number, paint: Paint): string[] {
  const place = cutTo(placeOf(explanation) ?? "", columns);
  const room = columns - columnsOf(place) - 3;
  const code = room > 8 && explanation.expression ? cutTo(bounded(explanation.expression), room) : "";
  const left = [place, code].filter(Boolean).join("   ");
  const layers = cutTo(layersText(explanation.layers), columns);
  const shown = [paint("place", place), code].filter(Boolean).join("   ");
  if (left === "") return layers === "" ? [] : [layers];
  if (layers === "") return [shown];
  const gap = columns - columnsOf(left) - columnsOf(layers);
  return gap >= 4 ? [`${shown}${" ".repeat(Math.min(gap, 12))}${layers}`] : [shown, layers];
}

/** `Net › head › fc2: Linear(512 → 10)` */
export function layersText(layers: readonly ModelLayer[]): string {
  const last = layers.at(-1);
  if (!last) return "";
  const names = layers.map(({ path, type }) => (path === "" ? type : (path.split(".").at(-1) ?? path)));
  const sizes = last.sizes === undefined ? "" : `(${sizesText(last.sizes)})`;
  return shownText(last.path === "" ? `${names.join(" › ")}${sizes}` : `${names.join(" › ")}: ${last.type}${sizes}`);
}

/** `512 → 10` of `in_features=512, out_features=10, bias=True`; whatever has no such sizes as it is. */
function sizesText(sizes: string): string {
  const from = /\bin_(?:features|channels)=(\d+)/.exec(sizes)?.[1];
  const to = /\bout_(?:features|channels)=(\d+)/.exec(sizes)?.[1];
  return from !== undefined && to !== undefined ? `${from} → ${to}` : cutTo(sizes, 40);
}

/** Names, tensors and notes under each other; a note that has no room goes to a line of its own. */
function operandRows(all: readonly ExplainedOperand[], columns: number, paint: Paint): string[] {
  const rows = all.slice(0, MOST_OPERANDS).map((operand) => ({
    name: cutTo(bounded(operand.name), Math.floor(columns / 3)),
    tensor: cutTo(shownText(tensorText(operand)), columns - 4),
    note: bounded(operand.note ?? ""),
  }));
  const nameWidth = Math.max(0, ...rows.map(({ name }) => columnsOf(name)));
  const tensorWidth = Math.max(0, ...rows.map(({ tensor }) => columnsOf(tensor)));
  const isStacked = nameWidth + 3 + tensorWidth > columns;
  const lines = rows.flatMap(({ name, tensor, note }) => {
    if (isStacked) return [paint("name", name), `  ${marked(tensor, paint)}`, ...indented(note, columns)];
    const start = `${paint("name", name)}${gap(name, nameWidth)}   ${marked(tensor, paint)}`;
    const isRoomy = nameWidth + tensorWidth + 6 + columnsOf(note) <= columns;
    if (note === "") return [start];
    return isRoomy ? [`${start}${gap(tensor, tensorWidth)}   ${note}`] : [start, ...indented(note, columns)];
  });
  const left = all.length - rows.length;
  return left > 0 ? [...lines, paint("dim", `and ${left} more`)] : lines;
}

const gap = (text: string, width: number): string => " ".repeat(Math.max(0, width - columnsOf(text)));

const indented = (note: string, columns: number): string[] => wrapped(note, columns - 2).map((line) => `  ${line}`);

const marked = (tensor: string, paint: Paint): string => tensor.replace(/≠[\d?]+/g, (size) => paint("clash", size));

/** `fix ▸ one   ·   or another` on one line where there is room. */
function fixRows({ fixes }: Explanation, columns: number, paint: Paint): string[] {
  const texts = fixes.slice(0, MOST_FIXES).map(({ text }) => bounded(text));
  if (texts.length === 0) return [];
  const label = "fix ▸ ";
  const one = texts.join("   ·   or ");
  if (columnsOf(one) + label.length <= columns) return [`${paint("fix", label)}${one}`];
  return texts.flatMap((text, at) =>
    wrapped(text, columns - label.length).map((line, part) => {
      const start = part > 0 ? " ".repeat(label.length) : paint("fix", at === 0 ? label : "   or ");
      return `${start}${line}`;
    }),
  );
}

function failedRanks({ rank, others }: Explanation): string {
  const who = rank === undefined ? "" : `rank ${rank}`;
  const rest = others === 0 ? "" : `${others} other${others === 1 ? "" : "s"} failed after it`;
  return [who, rest].filter(Boolean).join(", ");
}
