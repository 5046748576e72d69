import { type ReadonlySignal, signal } from "@preact/signals";
import type { NotificationHandlers } from "../../src/shared/protocol";
import type { TensorPanelApi, TensorPanelState } from "../../src/shared/tensorPanel";
import type { Send } from "../lib/ipc";

/** What shows the terminal's text; the store hands it on and keeps none. */
export interface ScreenSink {
  begin(view: number, text: string): void;
  text(view: number, text: string): void;
  paste(text: string): void;
}

/** Everything the page knows. Components read signals; only the handlers write them. */
export interface Store {
  readonly send: Send<typeof TensorPanelApi>;
  readonly state: ReadonlySignal<TensorPanelState | undefined>;
  /** What the live region says. */
  readonly said: ReadonlySignal<string>;
  showScreenIn(sink: ScreenSink): void;
  readonly handlers: NotificationHandlers<typeof TensorPanelApi>;
}

/** Builds the page's state around its port. */
export function createStore(send: Send<typeof TensorPanelApi>): Store {
  const state = signal<TensorPanelState | undefined>();
  const said = signal("");
  let sink: ScreenSink | undefined;
  // The terminal is made after the first state; what came meanwhile is handed on then.
  let early: ((sink: ScreenSink) => void)[] = [];
  const tell = (what: (sink: ScreenSink) => void) => {
    if (sink) what(sink);
    else early.push(what);
  };

  return {
    send,
    state,
    said,
    showScreenIn(target) {
      sink = target;
      for (const what of early) what(target);
      early = [];
    },
    handlers: {
      state(next) {
        const before = failureId(state.peek());
        state.value = next;
        if (next.shapes.kind === "failure" && next.shapes.failure.id !== before)
          said.value = next.shapes.failure.summary;
      },
      screenView: ({ view, text }) => tell((target) => target.begin(view, text)),
      screenText: ({ view, text }) => tell((target) => target.text(view, text)),
      pasted: ({ text }) => tell((target) => target.paste(text)),
    },
  };
}

const failureId = (state: TensorPanelState | undefined): number | undefined =>
  state?.shapes.kind === "failure" ? state.shapes.failure.id : undefined;
