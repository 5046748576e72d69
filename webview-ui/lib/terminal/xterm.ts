import "@xterm/xterm/css/xterm.css";
import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { type ITerminalOptions, Terminal } from "@xterm/xterm";
import type { SourceLink } from "../../../src/shared/sourceLinks";
import { characterWidths } from "./characterWidths";
import { sourceLinkProvider } from "./sourceLinkProvider";
import { matchColors, terminalTheme } from "./terminalTheme";

/** What a find box works on. */
export interface FindTarget {
  /** The next or previous match, counted from the selection. */
  find(text: string, backwards: boolean, matchCase: boolean): void;
  endFind(): void;
  focus(): void;
}

export interface XtermEvents {
  /** Number of matches, and which of them is shown; from 0, -1 where there are too many to count. */
  matches(count: number, current: number): void;
  /** What the link under the pointer leads to; undefined: it has gone. */
  hover(target: string | undefined): void;
  openLink(url: string): void;
  openSource(link: SourceLink): void;
}

/** xterm.js in the editor's font and colours, with links and search. Not in the page until `terminal.open`. */
export interface Xterm extends FindTarget {
  readonly terminal: Terminal;
  /** Cells that fit into its element; undefined while that has no size. */
  room(): { readonly cols: number; readonly rows: number } | undefined;
  dispose(): void;
}

const usesScreenReader = () => document.body.classList.contains("vscode-using-screen-reader");

export function createXterm(
  events: XtermEvents,
  { hidesCursor, ...options }: ITerminalOptions & { hidesCursor: boolean },
): Xterm {
  const style = getComputedStyle(document.documentElement);
  const terminal = new Terminal({
    allowProposedApi: true,
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
    screenReaderMode: usesScreenReader(),
    theme: terminalTheme(hidesCursor),
    ...options,
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
  search.onDidChangeResults(({ resultCount, resultIndex }) => events.matches(resultCount, resultIndex));
  const adapt = new MutationObserver(() => {
    terminal.options.theme = terminalTheme(hidesCursor);
    const isRead = usesScreenReader();
    if (terminal.options.screenReaderMode !== isRead) terminal.options.screenReaderMode = isRead;
  });
  adapt.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
  adapt.observe(document.body, { attributes: true, attributeFilter: ["class"] });

  return {
    terminal,
    room() {
      const size = fit.proposeDimensions();
      return !size || Number.isNaN(size.cols) || Number.isNaN(size.rows) ? undefined : size;
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
    focus: () => terminal.focus(),
    dispose() {
      adapt.disconnect();
      terminal.dispose();
    },
  };
}
