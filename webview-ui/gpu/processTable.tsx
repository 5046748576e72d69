import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { Icon } from "../lib/icon";
import { rove } from "../lib/roving";
import { arrange } from "./arrange";
import { type Column, nextSort } from "./processes";
import { ProcessFilter } from "./processFilter";
import { ProcessLine } from "./processLine";
import type { Store } from "./store";

const COLUMNS: readonly { column: Column; title: string; numeric: boolean }[] = [
  { column: "pid", title: "PID", numeric: true },
  { column: "user", title: "User", numeric: false },
  { column: "gpu", title: "GPU", numeric: true },
  { column: "memory", title: "Memory", numeric: true },
  { column: "time", title: "Time", numeric: true },
  { column: "command", title: "Command", numeric: false },
];

/** Who runs what. Rows stay where they are while the pointer or the focus is among them. */
export function ProcessTable({ store }: { store: Store }) {
  const pointed = useSignal(false);
  const reached = useSignal<string | undefined>(undefined);
  const rows = useMemo(() => arrange(store, pointed), [store, pointed]);
  const shown = rows.value;
  const stop = shown.some((row) => row.key === reached.value) ? reached.value : shown[0]?.key;
  return (
    <section class="processes" aria-labelledby="processes-title">
      <ProcessFilter store={store} shown={shown.length} />
      <p class="notice" hidden={store.notice.value === ""}>
        {store.notice}
      </p>
      <table class="table process-table">
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <HeaderCell key={column.column} store={store} {...column} />
            ))}
            <th scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody
          onPointerEnter={() => {
            pointed.value = true;
          }}
          onPointerLeave={(event) => {
            pointed.value = event.currentTarget.contains(document.activeElement);
          }}
          onFocusIn={() => {
            pointed.value = true;
          }}
          onFocusOut={(event) => {
            const next = event.relatedTarget;
            pointed.value =
              event.currentTarget.matches(":hover") || (next instanceof Node && event.currentTarget.contains(next));
          }}
          onKeyDown={(event) => {
            const kind = event.target instanceof HTMLElement ? event.target.dataset.kind : undefined;
            if (kind) rove(event, event.currentTarget, `[data-kind="${kind}"]:not(:disabled)`);
          }}
        >
          {shown.map((row) => (
            <ProcessLine
              key={row.key}
              store={store}
              row={row}
              ending={store.ending.value.has(row.pid)}
              tabStop={row.key === stop}
              reached={reached}
            />
          ))}
        </tbody>
      </table>
      {shown.length === 0 && <p class="hint">{emptyText(store)}</p>}
    </section>
  );
}

function emptyText(store: Store): string {
  if (store.processes.value.length === 0) return "Nothing runs on these GPUs that you are allowed to see.";
  return "No process matches the filter.";
}

function HeaderCell(props: { store: Store; column: Column; title: string; numeric: boolean }) {
  const { store, column, title, numeric } = props;
  const sort = store.view.sort.value;
  const active = sort?.column === column;
  const direction = active ? (sort.descending ? "descending" : "ascending") : "none";
  return (
    <th scope="col" aria-sort={direction} data-column={column} data-numeric={numeric}>
      <button
        type="button"
        class="sort"
        title={`Sort by ${title}`}
        onClick={() => {
          store.view.sort.value = nextSort(sort, column);
        }}
      >
        <span>{title}</span>
        {active && <Icon name={sort.descending ? "arrow-small-down" : "arrow-small-up"} />}
      </button>
    </th>
  );
}
