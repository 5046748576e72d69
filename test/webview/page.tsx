import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, vi } from "vitest";
import type { HostReport } from "../../src/shared/gpu";
import { GpuPanelApi, type PanelState } from "../../src/shared/gpuPanel";
import { dispatch, type Message } from "../../src/shared/protocol";
import { App } from "../../webview-ui/gpu/app";
import { createStore, type Store } from "../../webview-ui/gpu/store";
import type { Palette } from "../../webview-ui/lib/theme";
import { NOON, panelState } from "./samples";

/** What a page needs that happy-dom has not: a canvas to draw on and elements with a width. */
export function standInForBrowser(width: number): void {
  beforeEach(() => {
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation(() => drawing as never);
    vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(width);
    vi.stubGlobal("ResizeObserver", FirstSize);
    vi.stubGlobal("Path2D", PathRecorder);
  });
  afterEach(() => {
    for (const root of roots.splice(0)) {
      render(null, root);
      root.remove();
    }
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });
}

const roots: HTMLElement[] = [];

/** Accepts every drawing call and keeps none. */
const drawing: unknown = new Proxy(
  { measureText: () => ({ width: 10 }) },
  { get: (known, name) => Reflect.get(known, name) ?? (() => {}), set: () => true },
);

class FirstSize {
  constructor(private readonly tell: () => void) {}
  observe(): void {
    this.tell();
  }
  unobserve(): void {}
  disconnect(): void {}
}

class PathRecorder {
  moveTo(): void {}
  lineTo(): void {}
  rect(): void {}
  arc(): void {}
  addPath(): void {}
  closePath(): void {}
}

export const PALETTE: Palette = {
  text: "black",
  muted: "gray",
  grid: "silver",
  load: "blue",
  warning: "orange",
  error: "red",
  series: ["blue", "purple", "green", "orange", "yellow"],
  other: "gray",
};

export interface Page {
  readonly root: HTMLElement;
  readonly store: Store;
  /** Commands sent so far. */
  readonly sent: Message[];
  /** View states saved so far. */
  readonly saves: unknown[];
  /** Delivers a notification as the extension does; fails the test where the protocol refuses it. */
  deliver(method: string, params: unknown): void;
  /** State and one reading taken now. */
  show(report: HostReport, state?: Partial<PanelState>): void;
  /** Moves the clock; milliseconds since noon. */
  at(milliseconds: number): void;
  find(selector: string): HTMLElement;
  all(selector: string): HTMLElement[];
  click(selector: string): void;
  key(target: HTMLElement, key: string): void;
  type(selector: string, text: string): void;
  /** Visible text, with runs of blanks as one. */
  text(selector?: string): string;
}

/** Opens the page on an injected clock that stands at noon. */
export function openPage(saved?: unknown): Page {
  let now = NOON;
  const sent: Message[] = [];
  const saves: unknown[] = [];
  const store = createStore({
    send: (method, ...params) => {
      sent.push({ method, params: params[0] });
    },
    saved,
    save: (state) => {
      saves.push(state);
    },
    now: () => now,
    sampled: () => {},
  });
  const root = document.createElement("div");
  document.body.append(root);
  roots.push(root);
  act(() => render(<App store={store} palette={signal(PALETTE)} />, root));
  const deliver = (method: string, params: unknown) =>
    act(() => {
      const refused = dispatch(GpuPanelApi, store.handlers, { method, params });
      if (refused) throw new Error(refused);
    });
  const find = (selector: string) => {
    const found = root.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`nothing matches ${selector} in ${root.textContent}`);
    return found;
  };
  const visible = (element: HTMLElement) => {
    const copy = element.cloneNode(true) as HTMLElement;
    for (const hidden of copy.querySelectorAll(".visually-hidden")) hidden.remove();
    return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
  };
  return {
    root,
    store,
    sent,
    saves,
    deliver,
    show(report, state) {
      deliver("state", panelState(state));
      deliver("sample", { time: now, report });
    },
    at(milliseconds) {
      now = NOON + milliseconds;
      act(() => store.setNow(now));
    },
    find,
    all: (selector) => [...root.querySelectorAll<HTMLElement>(selector)],
    click: (selector) => act(() => find(selector).click()),
    key: (target, key) =>
      act(() => {
        target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      }),
    type: (selector, text) =>
      act(() => {
        const input = find(selector);
        if (!(input instanceof HTMLInputElement)) throw new Error(`${selector} takes no text`);
        input.value = text;
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }),
    text: (selector = "main") => visible(find(selector)),
  };
}

/** The button with this accessible name. */
export function buttonNamed(page: Page, name: string): HTMLButtonElement {
  const found = page.all("button").find((button) => (button.getAttribute("aria-label") ?? button.textContent) === name);
  if (!(found instanceof HTMLButtonElement)) throw new Error(`no button is named "${name}"`);
  return found;
}
