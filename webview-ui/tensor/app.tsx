import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Screen } from "./screen";
import { ShapePanel } from "./shapePanel";
import type { Store } from "./store";
import type { MakeShellTerminal } from "./terminal";

interface Props {
  readonly store: Store;
  readonly makeTerminal: MakeShellTerminal;
}

/** The Shape panel, beside the terminal where there is one. */
export function App({ store, makeTerminal }: Props) {
  const page = useRef<HTMLElement>(null);
  const isShown = useSignal(true);
  const state = store.state.value;
  if (!state) return null;
  const { hasTerminal } = state;

  const go = (selector: string) => page.current?.querySelector<HTMLElement>(selector)?.focus();
  const toShapes = () => {
    isShown.value = true;
    // It may only just have come back.
    requestAnimationFrame(() => go(".shapes"));
  };
  const toTerminal = (event: KeyboardEvent) => {
    if (!hasTerminal || (event.key !== "Escape" && event.key !== "F6")) return;
    event.preventDefault();
    event.stopPropagation();
    go(".xterm-helper-textarea");
  };

  return (
    <main ref={page} class="page" data-terminal={hasTerminal} data-shapes={isShown.value || !hasTerminal}>
      {hasTerminal && (
        <Screen
          store={store}
          makeTerminal={makeTerminal}
          shapesShown={isShown.value}
          toggleShapes={() => {
            isShown.value = !isShown.value;
          }}
          leave={toShapes}
        />
      )}
      {(isShown.value || !hasTerminal) && <ShapePanel store={store} state={state} onKey={toTerminal} />}
      <div class="visually-hidden" role="status" aria-live="polite">
        {store.said}
      </div>
    </main>
  );
}
