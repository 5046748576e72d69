/** One word of a config line and where it stands in the line. */
export interface ConfigWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A line of an ssh config with its line end, so that what is not changed is written back byte for byte. */
export interface ConfigLine {
  readonly text: string;
  /** The directive in lower case; undefined for a blank line or a comment. */
  readonly key: string | undefined;
  readonly words: readonly ConfigWord[];
}

/** A `Host` block: from its `Host` line to its last directive or indented comment. What follows belongs to nobody. */
export interface HostBlock {
  readonly patterns: readonly string[];
  readonly start: number;
  /** One past the last line. */
  readonly end: number;
}

/** Every line of the text; joined again they are the text. */
export function readLines(text: string): ConfigLine[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map(readLine);
}

export function textOf(lines: readonly Pick<ConfigLine, "text">[]): string {
  return lines.map((line) => line.text).join("");
}

/** The text's own line end; a line feed where there is none yet. */
export function lineEndOf(text: string): "\n" | "\r\n" {
  return /\r\n/.test(/^[^\n]*\n/.exec(text)?.[0] ?? "") ? "\r\n" : "\n";
}

export function hostBlocks(lines: readonly ConfigLine[]): HostBlock[] {
  const blocks: HostBlock[] = [];
  for (const [start, line] of lines.entries()) {
    if (line.key !== "host") continue;
    let end = start + 1;
    for (let at = end; at < lines.length && !startsBlock(lines[at]); at++) {
      if (lines[at]?.key !== undefined || /^[ \t]+#/.test(lines[at]?.text ?? "")) end = at + 1;
    }
    blocks.push({ patterns: line.words.map((word) => word.text), start, end });
  }
  return blocks;
}

function startsBlock(line: ConfigLine | undefined): boolean {
  return line?.key === "host" || line?.key === "match";
}

/** The lines before the first `Host` or `Match`: they apply to every host. */
export function globalLines(lines: readonly ConfigLine[]): readonly ConfigLine[] {
  const first = lines.findIndex(startsBlock);
  return first < 0 ? lines : lines.slice(0, first);
}

function readLine(text: string): ConfigLine {
  const found = /^(\uFEFF?\s*"?)([A-Za-z][A-Za-z0-9]*)"?(?:[ \t]*=[ \t]*|[ \t]+|(?=\r?\n?$))/.exec(text);
  if (!found) return { text, key: undefined, words: [] };
  return { text, key: found[2]?.toLowerCase(), words: readWords(text, found[0].length) };
}

/** Splits as ssh does: quotes of both kinds, a backslash before a quote, a blank or another one, `#` ends the line. */
function readWords(line: string, from: number): ConfigWord[] {
  const words: ConfigWord[] = [];
  let at = from;
  for (;;) {
    while (/\s/.test(line[at] ?? "")) at++;
    if (at >= line.length || line[at] === "#") return words;
    const start = at;
    let text = "";
    let quote: string | undefined;
    for (; at < line.length && (quote !== undefined || !/\s/.test(line[at] ?? "")); at++) {
      const [symbol = "", next = ""] = line.slice(at, at + 2);
      if (symbol === "\\" && (/["'\\]/.test(next) || (quote === undefined && next === " "))) text += line[++at];
      else if (quote === undefined && /["']/.test(symbol)) quote = symbol;
      else if (symbol === quote) quote = undefined;
      else text += symbol;
    }
    words.push({ text: text.replace(/[\r\n]+$/, ""), start, end: at });
  }
}
