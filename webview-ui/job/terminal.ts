import "@xterm/xterm/css/xterm.css";
import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { Terminal } from "@xterm/xterm";
import type { SourceLink } from "../../src/shared/sourceLinks";
import { characterWidths } from "./characterWidths";
import { makeHarmless } from "./harmless";
import { sourceLinkProvider } from "./sourceLinkProvider";
import { matchColors, terminalTheme } from "./terminalTheme";

/** What shows the log. Behind an interface because a terminal needs a browser that measures text. */
export interface LogTerminal {
  /** `done` is called once the bytes are in the picture. */
  write(bytes: Uint8Array, done: () => void): void;
  /** Empties it, after what was written before. */
  clear(): void;
  scrollToEnd(): void;
  /** Leaves the end, so that what comes does not move the picture. */
  stay(): void;
  /** Fits it into its element; `wrap` false: long lines run out to the right, up to a limit. */
  fit(wrap: boolean): void;
  /** The next or previous match, counted from the selection. */
  find(text: string, backwards: boolean, matchCase: boolean): void;
  endFind(): void;
  /** The selected text, else all that is there. */
  text(): { readonly text: string; readonly selected: boolean };
  focus(): void;
  dispose(): void;
}

export interface TerminalEvents {
  /** Whether the last line is in view. */
  atEnd(is: boolean): void;
  /** Number of matches, and which of them is shown; from 0, -1 where there are too many to count. */
  matches(count: number, current: number): void;
  /** What the link under the pointer leads to; undefined: it has gone. */
  hover(target: string | undefined): void;
  openLink(url: string): void;
  openSource(link: SourceLink): void;
  openFind(): void;
}

export type MakeTerminal = (parent: HTMLElement, events: TerminalEvents) => LogTerminal;

/** More lines than a page of the log has; older ones fall out. */
const SCROLLBACK = 30_000;
const WIDE_COLUMNS = 240;
const SMALLEST = { cols: 20, rows: 4 };

export const createTerminal: MakeTerminal = (parent, events) => {
  const style = getComputedStyle(document.documentElement);
  const terminal = new Terminal({
    allowProposedApi: true,
    convertEol: true,
    disableStdin: true,
    cursorInactiveStyle: "none",
    cursorStyle: "bar",
    fontFamily: style.getPropertyValue("--vscode-editor-font-family") || "monospace",
    fontSize: Number.parseFloat(style.getPropertyValue("--vscode-editor-font-size")) || 13,
    // Rows that are as high as the font says cut the underscores of some fonts off.
    lineHeight: 1.15,
    linkHandler: {
      activate: (_event, url) => events.openLink(url),
      hover: (_event, url) => events.hover(url),
      leave: () => events.hover(undefined),
    },
    logLevel: "off",
    minimumContrastRatio: 4.5,
    screenReaderMode: document.body.classList.contains("vscode-using-screen-reader"),
    scrollback: SCROLLBACK,
    scrollOnEraseInDisplay: true,
    theme: terminalTheme(),
  });
  const fit = new FitAddon();
  const search = new SearchAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(search);
  const widths = characterWidths();
  terminal.unicode.register(widths);
  terminal.unicode.activeVersion = widths.version;
  const hover = {
    hover: (_event: MouseEvent, text: string) => events.hover(text),
    leave: () => events.hover(undefined),
  };
  terminal.loadAddon(new WebLinksAddon((_event, url) => events.openLink(url), hover));
  terminal.registerLinkProvider(sourceLinkProvider(terminal, events));
  makeHarmless(terminal);

  const isAtEnd = () => terminal.buffer.active.viewportY >= terminal.buffer.active.baseY;
  terminal.onScroll(() => events.atEnd(isAtEnd()));
  terminal.onWriteParsed(() => events.atEnd(isAtEnd()));
  search.onDidChangeResults(({ resultCount, resultIndex }) => events.matches(resultCount, resultIndex));
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type === "keydown") onKey(event, terminal, events);
    // Nothing is typed into a log: every key keeps the meaning that it has in the page.
    return false;
  });
  terminal.open(parent);
  const recolor = new MutationObserver(() => {
    terminal.options.theme = terminalTheme();
  });
  recolor.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });

  return {
    write: (bytes, done) => terminal.write(bytes, done),
    // In turn with what is written; the first byte ends a sequence that was cut off.
    clear: () => terminal.write("\u0018", () => terminal.reset()),
    scrollToEnd: () => terminal.scrollToBottom(),
    stay: () => terminal.scrollLines(-1),
    fit(wrap) {
      const size = fit.proposeDimensions();
      if (!size || Number.isNaN(size.cols) || Number.isNaN(size.rows)) return;
      const cols = Math.max(size.cols, wrap ? SMALLEST.cols : WIDE_COLUMNS);
      terminal.resize(cols, Math.max(size.rows, SMALLEST.rows));
    },
    find(text, backwards, matchCase) {
      const options = { caseSensitive: matchCase, decorations: matchColors() };
      if (backwards) search.findPrevious(text, options);
      else search.findNext(text, options);
    },
    endFind() {
      search.clearDecorations();
      terminal.clearSelection();
    },
    text() {
      if (terminal.hasSelection()) return { text: terminal.getSelection(), selected: true };
      terminal.selectAll();
      const all = terminal.getSelection();
      terminal.clearSelection();
      return { text: all.trimEnd(), selected: false };
    },
    focus: () => terminal.focus(),
    dispose() {
      recolor.disconnect();
      terminal.dispose();
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
