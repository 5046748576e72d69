import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { plainText } from "../lib/format";
import { IconButton } from "../lib/icon";
import { FindBar } from "../lib/terminal/findBar";
import type { Store } from "./store";
import type { MakeShellTerminal, ShellTerminal } from "./terminal";

interface Props {
  readonly store: Store;
  readonly makeTerminal: MakeShellTerminal;
  readonly shapesShown: boolean;
  readonly toggleShapes: () => void;
  /** Moves the focus on to the Shape panel. */
  readonly leave: () => void;
}

/** The terminal with its bar. */
export function Screen({ store, makeTerminal, shapesShown, toggleShapes, leave }: Props) {
  const parent = useRef<HTMLDivElement>(null);
  const terminal = useRef<ShellTerminal>(null);
  const finding = useSignal(false);
  const matches = useSignal<{ count: number; current: number } | undefined>(undefined);
  const hover = useSignal<string | undefined>(undefined);
  const away = useRef(leave);
  away.current = leave;

  useLayoutEffect(() => {
    const element = parent.current;
    if (!element) return undefined;
    const made = makeTerminal(element, {
      input: (text) => store.send("input", { text }),
      resized: (columns, rows) => store.send("resize", { columns, rows }),
      matches(count, current) {
        matches.value = { count, current };
      },
      hover(target) {
        hover.value = target;
      },
      openLink: (url) => store.send("openLink", { url: url.slice(0, 2000) }),
      openSource: ({ path, line, column }) =>
        store.send("openSource", { path, line, ...(column === undefined ? {} : { column }) }),
      openFind() {
        finding.value = true;
      },
      paste: () => store.send("paste"),
      copy: (text) => store.send("copy", { text }),
      leave: () => away.current(),
    });
    terminal.current = made;
    made.fit();
    let view = -1;
    const taken = (of: number, characters: number) => () => store.send("taken", { view: of, characters });
    store.showScreenIn({
      begin(next, text) {
        view = next;
        made.begin(text, taken(next, text.length));
      },
      text(of, text) {
        if (of === view) made.write(text, taken(of, text.length));
      },
      paste: made.paste,
    });
    const observer = new ResizeObserver(() => made.fit());
    observer.observe(element);
    made.focus();
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, [store, makeTerminal]);

  const host = plainText(store.state.value?.host ?? "", 80);
  return (
    <div class="screen">
      <div class="screen-bar">
        <span class="foreign muted">{host}</span>
        <IconButton
          icon="search"
          label="Find"
          pressed={finding.value}
          onClick={() => {
            finding.value = !finding.value;
          }}
        />
        <IconButton icon="symbol-array" label="Shapes" pressed={shapesShown} onClick={toggleShapes} />
      </div>
      {finding.value && <FindBar terminal={terminal} finding={finding} matches={matches} />}
      <div class="screen-place">
        <section
          ref={parent}
          class="screen-terminal"
          aria-label={`Terminal on ${host}. F6 moves on to the shapes, and back.`}
        />
        {hover.value !== undefined && (
          <div class="screen-target" aria-hidden="true">
            {plainText(hover.value, 300)}
          </div>
        )}
      </div>
    </div>
  );
}
