import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach } from "vitest";
import { JobFormApi } from "../../src/shared/jobForm";
import { dispatch, type Message } from "../../src/shared/protocol";
import { App } from "../../webview-ui/jobForm/app";
import { createFormStore, type FormStore } from "../../webview-ui/jobForm/store";

export interface FormPage {
  readonly root: HTMLElement;
  readonly store: FormStore;
  /** Commands sent so far. */
  readonly sent: Message[];
  /** What was sent last by this name. */
  last(method: string): unknown;
  readonly saves: unknown[];
  /** Delivers a notification as the extension does; fails the test where the protocol refuses it. */
  deliver(method: string, params: unknown): void;
  /** The reader pauses: what waits for that happens. */
  pause(): void;
  /** The control with this label. */
  field(label: string): HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
  fill(label: string, text: string): void;
  leave(label: string): void;
  tick(label: string): void;
  press(target: HTMLElement, key: string, more?: KeyboardEventInit): void;
  click(name: string): void;
  /** Text with runs of blanks as one. */
  text(selector?: string): string;
  /** The sentence that is tied to a control. */
  below(label: string): string;
}

const roots: HTMLElement[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) {
    render(null, root);
    root.remove();
  }
});

/** Opens the form's page; pauses come when the test says so. */
export function openForm(saved?: unknown): FormPage {
  const sent: Message[] = [];
  const saves: unknown[] = [];
  let waiting: (() => void) | undefined;
  const store = createFormStore({
    send: (method, ...params) => {
      sent.push({ method, params: params[0] });
    },
    saved,
    save: (state) => {
      saves.push(state);
    },
    after: (_ms, callback) => {
      waiting = callback;
      return () => {
        waiting = undefined;
      };
    },
  });
  const root = document.createElement("div");
  document.body.append(root);
  roots.push(root);
  act(() => render(<App store={store} />, root));
  const all = <E extends Element>(selector: string) => [...root.querySelectorAll<E & HTMLElement>(selector)];
  /** Without the choices of a list inside. */
  const wordsOf = (label: HTMLElement) =>
    [...label.childNodes]
      .filter((node) => !(node instanceof HTMLSelectElement))
      .map((node) => node.textContent)
      .join("")
      .trim();
  const labelled = (label: string) => {
    const found = all<HTMLLabelElement>("label").find((one) => wordsOf(one) === label);
    const control = found?.htmlFor
      ? root.querySelector(`[id="${found.htmlFor}"]`)
      : found?.querySelector("input, select");
    if (!control) throw new Error(`nothing is labelled ${label} in ${root.textContent}`);
    return control as ReturnType<FormPage["field"]>;
  };
  return {
    root,
    store,
    sent,
    saves,
    last: (method) => sent.findLast((one) => one.method === method)?.params,
    deliver: (method, params) =>
      act(() => {
        const refused = dispatch(JobFormApi, store.handlers, { method, params });
        if (refused) throw new Error(refused);
      }),
    pause: () =>
      act(() => {
        const now = waiting;
        waiting = undefined;
        now?.();
      }),
    field: labelled,
    fill: (label, text) =>
      act(() => {
        const control = labelled(label);
        control.value = text;
        control.dispatchEvent(new Event(control instanceof HTMLSelectElement ? "change" : "input", { bubbles: true }));
      }),
    leave: (label) => act(() => void labelled(label).dispatchEvent(new FocusEvent("blur"))),
    tick: (label) => act(() => labelled(label).click()),
    press: (target, key, more) =>
      act(() => {
        target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
      }),
    click: (name) =>
      act(() => {
        const button = all<HTMLButtonElement>("button").find(
          (one) => (one.getAttribute("aria-label") ?? one.textContent ?? "").trim() === name,
        );
        if (!button) throw new Error(`no button is named ${name}`);
        button.click();
      }),
    text: (selector = "main") => (root.querySelector(selector)?.textContent ?? "").replace(/\s+/g, " ").trim(),
    below: (label) =>
      root.querySelector(`[id="${labelled(label).getAttribute("aria-describedby")}"]`)?.textContent ?? "",
  };
}
