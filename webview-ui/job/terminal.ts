import type { Terminal } from "@xterm/xterm";
import { makeHarmless } from "../lib/terminal/harmless";
import { createXterm, type FindTarget, type XtermEvents } from "../lib/terminal/xterm";

/** What shows the log. Behind an interface because a terminal needs a browser that measures text. */
export interface LogTerminal extends FindTarget {
  /** `done` is called once the bytes are in the picture. */
  write(bytes: Uint8Array, done: () => void): void;
  /** Empties it, after what was written before. */
  clear(): void;
  scrollToEnd(): void;
  /** Leaves the end, so that what comes does not move the picture. */
  stay(): void;
  /** Fits it into its element; `wrap` false: long lines run out to the right, up to a limit. */
  fit(wrap: boolean): void;
  /** The selected text, else all that is there. */
  text(): { readonly text: string; readonly selected: boolean };
  dispose(): void;
}

export interface TerminalEvents extends XtermEvents {
  /** Whether the last line is in view. */
  atEnd(is: boolean): void;
  openFind(): void;
}

export type MakeTerminal = (parent: HTMLElement, events: TerminalEvents) => LogTerminal;

/** More lines than a page of the log has; older ones fall out. */
const SCROLLBACK = 30_000;
const WIDE_COLUMNS = 240;
const SMALLEST = { cols: 20, rows: 4 };

export const createTerminal: MakeTerminal = (parent, events) => {
  const { terminal, room, ...shared } = createXterm(events, {
    convertEol: true,
    disableStdin: true,
    cursorInactiveStyle: "none",
    cursorStyle: "bar",
    hidesCursor: true,
    scrollback: SCROLLBACK,
    scrollOnEraseInDisplay: true,
  });
  makeHarmless(terminal);

  const isAtEnd = () => terminal.buffer.active.viewportY >= terminal.buffer.active.baseY;
  terminal.onScroll(() => events.atEnd(isAtEnd()));
  terminal.onWriteParsed(() => events.atEnd(isAtEnd()));
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type === "keydown") onKey(event, terminal, events);
    // Nothing is typed into a log: every key keeps the meaning that it has in the page.
    return false;
  });
  terminal.open(parent);

  return {
    ...shared,
    write: (bytes, done) => terminal.write(bytes, done),
    // In turn with what is written; the first byte ends a sequence that was cut off.
    clear: () => terminal.write("\u0018", () => terminal.reset()),
    scrollToEnd: () => terminal.scrollToBottom(),
    stay: () => terminal.scrollLines(-1),
    fit(wrap) {
      const size = room();
      if (!size) return;
      const cols = Math.max(size.cols, wrap ? SMALLEST.cols : WIDE_COLUMNS);
      terminal.resize(cols, Math.max(size.rows, SMALLEST.rows));
    },
    text() {
      if (terminal.hasSelection()) return { text: terminal.getSelection(), selected: true };
      terminal.selectAll();
      const all = terminal.getSelection();
      terminal.clearSelection();
      return { text: all.trimEnd(), selected: false };
    },
  };
};

function onKey(event: KeyboardEvent, terminal: Terminal, events: TerminalEvents): void {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key === "f") {
    event.preventDefault();
    events.openFind();
  } else if (!command && !event.altKey) {
    SCROLLS[event.key]?.(terminal);
  }
}

const SCROLLS: Readonly<Record<string, (terminal: Terminal) => void>> = {
  ArrowUp: (terminal) => terminal.scrollLines(-1),
  ArrowDown: (terminal) => terminal.scrollLines(1),
  PageUp: (terminal) => terminal.scrollPages(-1),
  PageDown: (terminal) => terminal.scrollPages(1),
  Home: (terminal) => terminal.scrollToTop(),
  End: (terminal) => terminal.scrollToBottom(),
};
