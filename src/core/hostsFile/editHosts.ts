import { Failure } from "../failure";
import { type ConfigLine, type HostBlock, hostBlocks, lineEndOf, readLines, textOf } from "./configLines";
import { checkDraft, fieldNames, type HostDraft, type HostField, type HostValues, hostFields } from "./hostFields";

/** What a managed file begins with. */
const header = [
  "# Hosts added with Tensorline. Your ssh config includes this file, so ssh and other programs know them too.",
  "# Edit it as you like: comments, order and options that Tensorline does not know are kept.",
];

/** What the block of this name says; undefined without one. */
export function readHost(text: string, alias: string): HostValues | undefined {
  const lines = readLines(text);
  const block = blockOf(lines, alias);
  if (!block) return undefined;
  const found = fieldNames.map((field) => {
    const line = directiveLines(lines, block, field).map((at) => lines[at])[0];
    return [field, line?.words.map((word) => word.text).join(" ")] as const;
  });
  return Object.fromEntries(found.filter(([, value]) => value !== undefined && value !== ""));
}

/**
 * The text with this host in it: its own block changed in place, else a new one at the end. A field without a value
 * loses its lines; everything else stays as it is.
 * @param replaces the name the host has had so far
 * @throws Failure `hostFieldInvalid`, `hostNameTaken`
 */
export function putHost(text: string, draft: HostDraft, replaces: string | undefined): string {
  checkDraft(draft);
  const lines = readLines(text);
  const old = replaces === undefined ? undefined : blockOf(lines, replaces);
  if (draft.alias !== replaces && blockOf(lines, draft.alias)) {
    throw new Failure({ reason: "hostNameTaken", host: draft.alias });
  }
  return old ? changeBlock(lines, old, draft, lineEndOf(text)) : appendBlock(text, draft);
}

/** The text without this host's own block and the blank line before it. */
export function removeHost(text: string, alias: string): string {
  const lines = readLines(text);
  const block = blockOf(lines, alias);
  if (!block) return text;
  const blankBefore = block.start > 0 && lines[block.start - 1]?.text.trim() === "" ? 1 : 0;
  return textOf([...lines.slice(0, block.start - blankBefore), ...lines.slice(block.end)]);
}

function blockOf(lines: readonly ConfigLine[], alias: string): HostBlock | undefined {
  return hostBlocks(lines).find(({ patterns }) => patterns.length === 1 && patterns[0] === alias);
}

function directiveLines(lines: readonly ConfigLine[], block: HostBlock, field: HostField): number[] {
  const key = hostFields[field].directive.toLowerCase();
  return [...lines.keys()].slice(block.start + 1, block.end).filter((at) => lines[at]?.key === key);
}

function appendBlock(text: string, { alias, values }: HostDraft): string {
  const end = lineEndOf(text);
  const before = text === "" ? header.map((line) => `${line}${end}`).join("") : text;
  const whole = before.endsWith("\n") ? before : `${before}${end}`;
  const given = fieldNames.flatMap((field) => {
    const value = values[field];
    return value === undefined ? [] : [`  ${hostFields[field].directive} ${quoteValue(value)}`];
  });
  return `${whole}${end}${[`Host ${alias}`, ...given].map((line) => `${line}${end}`).join("")}`;
}

function changeBlock(lines: readonly ConfigLine[], block: HostBlock, draft: HostDraft, end: string): string {
  const changed = new Map<number, string>();
  const added: string[] = [];
  const first = lines[block.start];
  if (first) changed.set(block.start, withValue(first, draft.alias));
  const firstDirective = lines.slice(block.start + 1, block.end).find((line) => line.key !== undefined);
  const indent = /^[ \t]*/.exec(firstDirective?.text ?? "  ")?.[0] ?? "";
  for (const field of fieldNames) {
    const value = draft.values[field];
    const [at, ...others] = directiveLines(lines, block, field);
    const line = at === undefined ? undefined : lines[at];
    if (value === undefined) for (const gone of at === undefined ? [] : [at, ...others]) changed.set(gone, "");
    else if (at === undefined || !line) added.push(`${indent}${hostFields[field].directive} ${quoteValue(value)}`);
    else changed.set(at, withValue(line, value));
  }
  const lastLine = lines[block.end - 1]?.text ?? "";
  const open = added.length > 0 && !lastLine.endsWith("\n") ? end : "";
  const body = lines.slice(block.start, block.end).map((line, index) => changed.get(block.start + index) ?? line.text);
  return [
    textOf(lines.slice(0, block.start)),
    ...body,
    open,
    ...added.map((line) => `${line}${end}`),
    textOf(lines.slice(block.end)),
  ].join("");
}

/** The line with another value, its indentation, separator and comment as they were. */
function withValue(line: ConfigLine, value: string): string {
  const { words } = line;
  const [from, to] = [words[0], words.at(-1)];
  if (words.map((word) => word.text).join(" ") === value) return line.text;
  if (from && to) return `${line.text.slice(0, from.start)}${quoteValue(value)}${line.text.slice(to.end)}`;
  const bare = line.text.trimEnd();
  return `${bare} ${quoteValue(value)}${line.text.slice(bare.length)}`;
}

/** A checked value as one word; what holds a quote or a control character can never be one. */
export function quoteValue(value: string): string {
  if (/[\p{Cc}"']/u.test(value)) throw new RangeError("a value holds a quote or a control character");
  return /[\s#]|^=/.test(value) ? `"${value}"` : value;
}
