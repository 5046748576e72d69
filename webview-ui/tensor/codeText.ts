import { plainText } from "../lib/format";

const MOST_LINES = 40;

/** Code with its lines, moved to the left as far as all of them are indented; nothing in it acts on the page. */
export function codeText(text: string): string {
  const lines = text.slice(0, 4000).split("\n").slice(0, MOST_LINES);
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.search(/[^ ]/));
  const common = indents.length === 0 ? 0 : Math.min(...indents);
  return lines.map((line) => `${/^ {0,80}/.exec(line.slice(common))?.[0] ?? ""}${plainText(line, 400)}`).join("\n");
}
