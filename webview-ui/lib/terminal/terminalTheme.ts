import type { ISearchOptions } from "@xterm/addon-search";
import type { ITheme } from "@xterm/xterm";

const ANSI = [
  "black",
  "red",
  "green",
  "yellow",
  "blue",
  "magenta",
  "cyan",
  "white",
  "brightBlack",
  "brightRed",
  "brightGreen",
  "brightYellow",
  "brightBlue",
  "brightMagenta",
  "brightCyan",
  "brightWhite",
] as const;

const variable = (name: string): string | undefined =>
  getComputedStyle(document.documentElement).getPropertyValue(`--vscode-${name}`).trim() || undefined;

/** The terminal in the colours of the editor's own; without a cursor where there is nothing to type. */
export function terminalTheme(hidesCursor: boolean): ITheme {
  const background = variable("terminal-background") ?? variable("editor-background");
  const foreground = variable("terminal-foreground") ?? variable("foreground");
  const colors: ITheme = {
    foreground,
    background,
    cursor: hidesCursor ? background : (variable("terminalCursor-foreground") ?? foreground),
    cursorAccent: variable("terminalCursor-background") ?? background,
    selectionBackground: variable("terminal-selectionBackground") ?? variable("editor-selectionBackground"),
    selectionForeground: variable("terminal-selectionForeground"),
    scrollbarSliderBackground: variable("scrollbarSlider-background"),
    scrollbarSliderHoverBackground: variable("scrollbarSlider-hoverBackground"),
    scrollbarSliderActiveBackground: variable("scrollbarSlider-activeBackground"),
  };
  for (const name of ANSI) colors[name] = variable(`terminal-ansi${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  return Object.fromEntries(Object.entries(colors).filter(([, color]) => color !== undefined));
}

/** How matches of a search look. */
export function matchColors(): NonNullable<ISearchOptions["decorations"]> {
  const under = solid(variable("editor-background") ?? "#000000", "#000000");
  const match = solid(variable("terminal-findMatchHighlightBackground") ?? "#ea5c0055", under);
  const active = solid(variable("terminal-findMatchBackground") ?? "#9e6a03", under);
  return {
    matchBackground: match,
    matchBorder: variable("terminal-findMatchHighlightBorder") ?? "transparent",
    matchOverviewRuler: match,
    activeMatchBackground: active,
    activeMatchBorder: variable("contrastActiveBorder") ?? "transparent",
    activeMatchColorOverviewRuler: active,
  };
}

/** The colour as `#rrggbb`, as the search wants it: a translucent one as it looks over `under`, which shows where it is none. */
export function solid(color: string, under: string): string {
  const channels = hexChannels(color) ?? functionChannels(color);
  if (!channels) return under;
  const [red = 0, green = 0, blue = 0, alpha = 1] = channels;
  const below = hexChannels(under) ?? [0, 0, 0];
  const mixed = [red, green, blue].map((value, place) => Math.round(value * alpha + (below[place] ?? 0) * (1 - alpha)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function hexChannels(color: string): number[] | undefined {
  const digits = /^#([0-9a-f]{3,8})$/i.exec(color)?.[1];
  if (digits === undefined) return undefined;
  const long = digits.length < 6 ? [...digits].map((digit) => digit + digit).join("") : digits;
  const bytes = (long.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  return bytes.length === 4 ? [...bytes.slice(0, 3), (bytes[3] ?? 255) / 255] : bytes;
}

function functionChannels(color: string): number[] | undefined {
  const inside = /^rgba?\(([^)]*)\)$/.exec(color)?.[1];
  const numbers = inside?.split(/[\s,/]+/).map(Number);
  return numbers && numbers.length >= 3 && numbers.every(Number.isFinite) ? numbers : undefined;
}
