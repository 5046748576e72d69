import type { IBuffer, ILink, ILinkProvider, Terminal } from "@xterm/xterm";
import { type SourceLink, sourceLinks } from "../../src/shared/sourceLinks";

interface LinkEvents {
  hover(target: string | undefined): void;
  openSource(link: SourceLink): void;
}

/** Rows that one line may be wrapped into and still be searched. */
const MOST_ROWS = 20;

/** Makes what tracebacks and compilers name a link to its source. */
export function sourceLinkProvider(terminal: Terminal, events: LinkEvents): ILinkProvider {
  return {
    provideLinks(row, callback) {
      const { first, text, starts } = lineAround(terminal.buffer.active, row - 1);
      const links = sourceLinks(text).map((link): ILink => {
        const at = (position: number) => {
          const below = starts.findLastIndex((start) => start <= position);
          const within = position - (starts[below] ?? 0);
          return { x: within + 1, y: first + below + 1 };
        };
        return {
          range: { start: at(link.start), end: at(link.end - 1) },
          text: text.slice(link.start, link.end),
          activate: () => events.openSource(link),
          hover: () => events.hover(`${link.path}:${link.line}`),
          leave: () => events.hover(undefined),
        };
      });
      callback(links.length === 0 ? undefined : links);
    },
  };
}

/** The line that wraps over this row: where it begins, its text, and where in the text each of its rows begins. */
function lineAround(buffer: IBuffer, row: number): { first: number; text: string; starts: number[] } {
  let first = row;
  while (row - first < MOST_ROWS && buffer.getLine(first)?.isWrapped) first--;
  const starts: number[] = [];
  let text = "";
  for (let next = first; next - first < 2 * MOST_ROWS; next++) {
    const line = buffer.getLine(next);
    if (!line || (next > first && !line.isWrapped)) break;
    starts.push(text.length);
    text += line.translateToString(false);
  }
  return { first, text: text.trimEnd(), starts };
}
