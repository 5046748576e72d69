import type { IBuffer, IBufferCellPosition, ILink, ILinkProvider, Terminal } from "@xterm/xterm";
import { type SourceLink, sourceLinks } from "../../../src/shared/sourceLinks";

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
      const { text, cells } = lineAround(terminal.buffer.active, row - 1);
      const links = sourceLinks(text).flatMap((link): ILink[] => {
        const [start, end] = [cells[link.start], cells[link.end - 1]];
        if (!start || !end) return [];
        return [
          {
            range: { start, end },
            text: text.slice(link.start, link.end),
            activate: () => events.openSource(link),
            hover: () => events.hover(`${link.path}:${link.line}`),
            leave: () => events.hover(undefined),
          },
        ];
      });
      callback(links.length === 0 ? undefined : links);
    },
  };
}

/** The line that wraps over this row: its text, and the cell of each of its UTF-16 units, counted from 1. */
function lineAround(buffer: IBuffer, row: number): { text: string; cells: IBufferCellPosition[] } {
  let first = row;
  while (row - first < MOST_ROWS && buffer.getLine(first)?.isWrapped) first--;
  const cells: IBufferCellPosition[] = [];
  let text = "";
  for (let y = first; y - first < 2 * MOST_ROWS; y++) {
    const line = buffer.getLine(y);
    if (!line || (y > first && !line.isWrapped)) break;
    for (let x = 0; x < line.length; x++) {
      const cell = line.getCell(x);
      // The second half of a wide character.
      if (!cell || cell.getWidth() === 0) continue;
      const characters = cell.getChars() || " ";
      for (let unit = 0; unit < characters.length; unit++) cells.push({ x: x + 1, y: y + 1 });
      text += characters;
    }
  }
  return { text, cells };
}
