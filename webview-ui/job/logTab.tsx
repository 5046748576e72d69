import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { plainText } from "../lib/format";
import { Icon } from "../lib/icon";
import { FindBar } from "../lib/terminal/findBar";
import { LogBar } from "./logBar";
import type { Store } from "./store";
import type { LogTerminal, MakeTerminal } from "./terminal";

/** What the log's parts share. */
export interface LogParts {
  readonly store: Store;
  readonly terminal: { readonly current: LogTerminal | null };
  /** The last line is in view: what comes is followed. */
  readonly atEnd: Signal<boolean>;
  readonly finding: Signal<boolean>;
  readonly matches: Signal<{ readonly count: number; readonly current: number } | undefined>;
}

/** The log in a terminal, with what moves through it. */
export function LogTab({ store, makeTerminal }: { store: Store; makeTerminal: MakeTerminal }) {
  const parent = useRef<HTMLDivElement>(null);
  const terminal = useRef<LogTerminal>(null);
  const atEnd = useSignal(true);
  /** Bytes came while the reader looked further up. */
  const more = useSignal(false);
  const hover = useSignal<string | undefined>(undefined);
  const empty = useSignal(true);
  const finding = useSignal(false);
  const matches = useSignal<{ count: number; current: number } | undefined>(undefined);
  const parts: LogParts = { store, terminal, atEnd, finding, matches };

  useLayoutEffect(() => {
    const element = parent.current;
    if (!element) return undefined;
    const made = makeTerminal(element, {
      atEnd(is) {
        atEnd.value = is;
        if (is) more.value = false;
      },
      matches(count, current) {
        matches.value = { count, current };
      },
      hover(target) {
        hover.value = target;
      },
      openLink: (url) => store.send("openLink", { url }),
      openSource: ({ path, line, column }) =>
        store.send("openSource", { path, line, ...(column === undefined ? {} : { column }) }),
      openFind() {
        finding.value = true;
      },
    });
    terminal.current = made;
    made.fit(store.view.wrap.peek());
    let view = -1;
    store.showLogIn({
      begin(next) {
        view = next.view;
        made.clear();
        made.scrollToEnd();
        empty.value = true;
        more.value = false;
        atEnd.value = true;
      },
      bytes(of, bytes) {
        if (of !== view) return;
        empty.value = false;
        if (!atEnd.peek()) more.value = true;
        made.write(bytes, () => store.send("taken", { view: of, bytes: bytes.length }));
      },
    });
    const observer = new ResizeObserver(() => made.fit(store.view.wrap.peek()));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, [store, makeTerminal]);
  const wrap = store.view.wrap.value;
  useEffect(() => terminal.current?.fit(wrap), [wrap]);

  return (
    <div class="log">
      <LogBar {...parts} />
      {finding.value && <FindBar {...parts} />}
      <div class="log-screen" data-wrap={wrap}>
        <section ref={parent} class="log-terminal" aria-label="Output of the job" />
        {empty.value && <Empty store={store} />}
        {more.value && (
          <button type="button" class="button log-more" onClick={() => terminal.current?.scrollToEnd()}>
            <Icon name="arrow-down" /> New output
          </button>
        )}
        {hover.value !== undefined && (
          <div class="log-target" aria-hidden="true">
            {plainText(hover.value, 300)}
          </div>
        )}
      </div>
    </div>
  );
}

function Empty({ store }: { store: Store }) {
  const job = store.panel.value?.job;
  if (!job || (job.logBytes ?? 0) > 0) return null;
  const words = {
    queued: "Its output appears here as soon as it begins.",
    running: "No output yet.",
    succeeded: "It printed nothing.",
    failed: "It printed nothing.",
    stopped: "It printed nothing.",
    lost: "No output was kept.",
  }[job.state];
  return <p class="log-empty muted">{words}</p>;
}
