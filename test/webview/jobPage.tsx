import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, vi } from "vitest";
import { JobPanelApi } from "../../src/shared/jobPanel";
import { dispatch, type Message } from "../../src/shared/protocol";
import { App } from "../../webview-ui/job/app";
import { createStore, type Store } from "../../webview-ui/job/store";
import type { TerminalEvents } from "../../webview-ui/job/terminal";
import { NOON } from "./jobSamples";
import { PALETTE, standInForBrowser } from "./page";

/** A terminal without a picture: it keeps what is written and says when it is told to. */
export interface FakeTerminal {
  text: string;
  readonly calls: string[];
  /** Says what happened in it. */
  tell<K extends keyof TerminalEvents>(what: K, ...how: Parameters<TerminalEvents[K]>): void;
  /** Bytes that were written and not painted yet. */
  paint(): void;
}

export interface JobPage {
  readonly root: HTMLElement;
  readonly store: Store;
  readonly terminal: FakeTerminal;
  readonly sent: Message[];
  readonly saves: unknown[];
  deliver(method: string, params: unknown): void;
  at(milliseconds: number): void;
  find(selector: string): HTMLElement;
  all(selector: string): HTMLElement[];
  button(name: string): HTMLButtonElement;
  click(target: HTMLElement): void;
  key(target: HTMLElement, key: string, shiftKey?: boolean): void;
  type(target: HTMLElement, text: string): void;
  /** Visible text, with runs of blanks as one. */
  text(selector?: string): string;
}

const roots: HTMLElement[] = [];

/** What a page needs that happy-dom has not; call at the top of a suite. */
export function standInForJobBrowser(width: number): void {
  standInForBrowser(width);
  beforeEach(() => {
    vi.stubGlobal("requestAnimationFrame", (frame: FrameRequestCallback) => setTimeout(() => frame(0)));
  });
  afterEach(() => {
    for (const root of roots.splice(0)) {
      render(null, root);
      root.remove();
    }
  });
}

export function openJobPage(saved?: unknown): JobPage {
  let now = NOON;
  const sent: Message[] = [];
  const saves: unknown[] = [];
  const made: FakeTerminal[] = [];
  const store = createStore({
    send: (method, ...params) => void sent.push({ method, params: params[0] }),
    saved,
    save: (state) => void saves.push(state),
    now: () => now,
  });
  const root = document.createElement("div");
  document.body.append(root);
  roots.push(root);
  const makeTerminal = (_parent: HTMLElement, events: TerminalEvents) => {
    const waiting: (() => void)[] = [];
    const fake: FakeTerminal = {
      text: "",
      calls: [],
      tell: (what, ...how) => act(() => (events[what] as (...args: typeof how) => void)(...how)),
      paint: () => act(() => waiting.splice(0).forEach((done) => void done())),
    };
    made.push(fake);
    return {
      write(bytes: Uint8Array, done: () => void) {
        fake.text += new TextDecoder().decode(bytes);
        waiting.push(done);
      },
      clear() {
        fake.text = "";
      },
      scrollToEnd: () => void fake.calls.push("end"),
      stay: () => void fake.calls.push("stay"),
      fit: (wrap: boolean) => void fake.calls.push(`fit ${wrap}`),
      find: (text: string, backwards: boolean, matchCase: boolean) =>
        void fake.calls.push(`find ${text} ${backwards ? "up" : "down"}${matchCase ? " case" : ""}`),
      endFind: () => void fake.calls.push("end find"),
      text: () => ({ text: fake.text, selected: false }),
      focus: () => void fake.calls.push("focus"),
      dispose: () => void fake.calls.push("dispose"),
    };
  };
  act(() => render(<App store={store} palette={signal(PALETTE)} makeTerminal={makeTerminal} />, root));
  act(() => store.start());
  const find = (selector: string) => {
    const found = root.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`nothing matches ${selector} in ${root.textContent}`);
    return found;
  };
  const all = (selector: string) => [...root.querySelectorAll<HTMLElement>(selector)];
  return {
    root,
    store,
    get terminal() {
      const [terminal] = made;
      if (!terminal) throw new Error("no terminal was made");
      return terminal;
    },
    sent,
    saves,
    deliver: (method, params) =>
      act(() => {
        const refused = dispatch(JobPanelApi, store.handlers, { method, params });
        if (refused) throw new Error(refused);
      }),
    at(milliseconds) {
      now = NOON + milliseconds;
      act(() => store.setNow(now));
    },
    find,
    all,
    button(name) {
      const found = all("button").find((one) => (one.getAttribute("aria-label") ?? one.textContent?.trim()) === name);
      if (!(found instanceof HTMLButtonElement)) throw new Error(`no button is named "${name}"`);
      return found;
    },
    click: (target) => act(() => target.click()),
    key: (target, key, shiftKey = false) =>
      act(() => {
        target.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
      }),
    type: (target, text) =>
      act(() => {
        if (!(target instanceof HTMLInputElement)) throw new Error("it takes no text");
        target.value = text;
        target.dispatchEvent(new Event("input", { bubbles: true }));
      }),
    text(selector = "main") {
      const copy = find(selector).cloneNode(true) as HTMLElement;
      for (const hidden of copy.querySelectorAll(".visually-hidden, [hidden]")) hidden.remove();
      return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
    },
  };
}
