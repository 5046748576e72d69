/** A line of a log without what programs put around it. */
export interface CleanLine {
  readonly text: string;
  /** The rank that printed it, where a launcher says so. */
  readonly rank?: number;
}

const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*\x1b\\|[ -/]*[0-~])/g;

/** What launchers, containers and loggers put before a line, in the order in which they stack. */
const ranks = /^\s{0,2}\[(?:default|rank|Rank )(?<rank>\d{1,6})\]:? ?/;
const timestamp = /^\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]? ?/;
const level =
  /^[\s|:[\]-]{0,6}(?:(?:DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b[\s|:\]-]{0,6})(?:[\w.]{1,60}(?::\d+)?(?:: | \| | - ))?/;
const others = [
  /^\((?:\w+ )?pid=\d+(?:, ip=[\d.]+)?\) ?/,
  /^[\w.-]{1,60}\s{1,20}\| /,
  /^\[pod\/[^\]]{1,200}\] /,
  /^E {2,}(?=\S)/,
  /^ {2}[|+](?:[- \d+]*$| )/,
];

/** Both borders of a box that rich draws, or its upper and lower edge. */
const edge = /^\s*[╭╰┌└+][─━-].*[─━-][╮╯┐┘+]\s*$/;
const border = /^\s*[│┃|] ?(?<inside>.*?)\s*[│┃|]\s*$/;

/**
 * A text as terminals and logs show it → its lines without colours, rank prefixes, boxes, timestamps and carriage returns.
 * Rank prefixes stack (`[default1]:[rank1]:`).
 */
export function cleanLines(text: string): readonly CleanLine[] {
  return text
    .replace(escapes, "")
    .split(/\r\n|\n|\r/)
    .flatMap((line) => cleanLine(line) ?? []);
}

function cleanLine(line: string): CleanLine | undefined {
  let text = line.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "");
  let rank: number | undefined;
  for (let round = 0; round < 6; round++) {
    const before = text;
    const prefix = ranks.exec(text);
    if (prefix) {
      text = text.slice(prefix[0].length);
      rank = Number(prefix.groups?.rank);
    }
    const time = timestamp.exec(text);
    if (time) text = text.slice(time[0].length).replace(level, "");
    for (const pattern of others) text = text.replace(pattern, "");
    if (text === before) break;
  }
  if (edge.test(text)) return undefined;
  text = border.exec(text)?.groups?.inside ?? text;
  return rank === undefined ? { text } : { text, rank };
}
