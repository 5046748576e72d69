/** Asks the runner outside the extension host to drive the real window. Plain HTTP, no vscode. */

/** What to look for. `webview` is a selector for an element that only the wanted webview holds; without it, the workbench is searched. */
export interface Target {
  webview?: string;
  selector?: string;
  /** Text that the element contains; alone, the innermost element that contains it. */
  text?: string | RegExp;
  /** ARIA role and accessible name. */
  role?: string;
  name?: string | RegExp;
  /** The text or name is the whole text or name. */
  exact?: boolean;
  /** Which of several, from 0; negative counts from the end. */
  nth?: number;
}

export interface PageElement {
  text: string;
  attributes: Record<string, string>;
  /** CSS pixels, relative to its own frame. */
  box: { x: number; y: number; width: number; height: number };
  visible: boolean;
  focused: boolean;
}

/** Milliseconds; 60 s without it. */
export interface Patience {
  timeout?: number;
}

export interface ClickOptions extends Patience {
  button?: "left" | "right" | "middle";
  modifiers?: ("Alt" | "Control" | "Meta" | "Shift")[];
  double?: boolean;
}

/** The window cannot be driven here: VS Code desktop shows it, not the harness's browser. A spec that ends with this counts as skipped. */
export class NoWindow extends Error {
  readonly reason = "no-window";
}

/** Sends one request to the runner. Rejects with the runner's own words, or with `NoWindow`. */
export async function ask(action: string, request: object = {}): Promise<unknown> {
  const address = process.env.TENSORLINE_TEST_CONTROL;
  if (!address) throw new NoWindow("No runner is listening: TENSORLINE_TEST_CONTROL is not set.");
  const response = await fetch(address, {
    method: "POST",
    body: JSON.stringify({ action, ...request }, patternAsData),
  });
  const answer = (await response.json()) as { value?: unknown; error?: string; unsupported?: string };
  if (answer.unsupported) throw new NoWindow(`The window cannot be driven here (${answer.unsupported}).`);
  if (answer.error !== undefined) throw new Error(`${action}: ${answer.error}`);
  return answer.value;
}

const patternAsData = (_key: string, value: unknown) =>
  value instanceof RegExp ? { source: value.source, flags: value.flags } : value;

/** Clicks the one element that matches, as a user does: visible, still, not covered. */
export async function click(target: Target, options: ClickOptions = {}): Promise<void> {
  await ask("click", { target, ...options });
}

export async function hover(target: Target, options: Patience = {}): Promise<void> {
  await ask("hover", { target, ...options });
}

export async function focus(target: Target, options: Patience = {}): Promise<void> {
  await ask("focus", { target, ...options });
}

/** Replaces the text of an input. */
export async function fill(target: Target, text: string, options: Patience = {}): Promise<void> {
  await ask("fill", { target, text, ...options });
}

/** Drags the middle of the element by CSS pixels: a sash, a column edge. */
export async function drag(target: Target, by: { x: number; y: number }): Promise<void> {
  await ask("drag", { target, by });
}

/** Presses a key where the focus is, or in an element that gets it: "Enter", "Control+Shift+KeyP", "ArrowDown". */
export async function press(key: string, target?: Target): Promise<void> {
  await ask("press", { key, target });
}

/** Types text where the focus is. */
export async function type(text: string): Promise<void> {
  await ask("type", { text });
}

/** Waits until the first match is in the state ("visible" without one). */
export async function waitFor(
  target: Target,
  options: Patience & { state?: "visible" | "hidden" | "attached" | "detached" } = {},
): Promise<void> {
  await ask("waitFor", { target, ...options });
}

/** Every element that matches now, in document order; none is an empty list. */
export async function elements(target: Target): Promise<PageElement[]> {
  return (await ask("elements", { target })) as PageElement[];
}

/** The visible text of the webview that holds `webview`, or of one element in it. */
export async function frameText(webview: string, selector = "body"): Promise<string> {
  const found = selector === "body" ? await elements({ webview }) : await elements({ webview, selector });
  return found.map((element) => element.text).join("\n");
}

/** What a screen reader finds there: roles, names and states as an indented text. */
export async function accessibility(target: Target): Promise<string> {
  return (await ask("accessibility", { target })) as string;
}

/** The JSON value of a JavaScript expression (or of the promise it gives) in the workbench's page or in a webview. */
export async function evaluate(expression: string, options: Patience & { webview?: string } = {}): Promise<unknown> {
  return ask("evaluate", { expression, ...options });
}

/** Sets the size of the window in CSS pixels. */
export async function resize(size: { width: number; height: number }): Promise<void> {
  await ask("resize", size);
}

/** Drags the edge of the side bar until it is that wide, in CSS pixels. VS Code refuses less than 170. */
export async function setSideBarWidth(width: number): Promise<void> {
  await ask("sideBarWidth", { width });
}

/** Sets what the user's system prefers. */
export async function emulate(preferences: { reducedMotion?: boolean; forcedColors?: boolean }): Promise<void> {
  await ask("emulate", preferences);
}

/** Writes test/artifacts/NAME.png and gives its path. The size, in CSS pixels, stays set afterwards. */
export async function screenshot(name: string, size: { width?: number; height?: number } = {}): Promise<string> {
  return (await ask("screenshot", { name, ...size })) as string;
}

/** What the page and its webviews wrote to the browser's console so far, such as breaches of a content security policy. */
export async function browserLog(): Promise<string[]> {
  return (await ask("browserLog")) as string[];
}
