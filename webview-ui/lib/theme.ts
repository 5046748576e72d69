import { type ReadonlySignal, signal } from "@preact/signals";

/** Colours of the present theme as a canvas takes them. */
export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly load: string;
  readonly warning: string;
  readonly error: string;
  /** For series side by side; the first is the reader's own. */
  readonly series: readonly string[];
  readonly other: string;
}

function read(): Palette {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(`--vscode-${name}`).trim() || style.color || "gray";
  const text = color("foreground");
  return {
    text,
    muted: color("descriptionForeground"),
    grid: translucent(text, 12),
    load: color("charts-blue"),
    warning: color("charts-orange"),
    error: color("charts-red"),
    series: ["blue", "purple", "green", "orange", "yellow"].map((name) => color(`charts-${name}`)),
    other: translucent(text, 45),
  };
}

/** The colour with `percent` of its strength. */
export function translucent(color: string, percent: number): string {
  return `color-mix(in srgb, ${color} ${percent}%, transparent)`;
}

/** Follows the theme: VS Code rewrites the root's style and the body's class when the user changes it. */
export function watchPalette(): ReadonlySignal<Palette> {
  const palette = signal(read());
  const observer = new MutationObserver(() => {
    palette.value = read();
  });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
  observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });
  return palette;
}
