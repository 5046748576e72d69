import type { JobTab } from "../../src/shared/jobPanel";
import type { Store } from "./store";

const TABS: readonly { readonly tab: JobTab; readonly label: string }[] = [
  { tab: "log", label: "Log" },
  { tab: "metrics", label: "Metrics" },
  { tab: "gpu", label: "GPU" },
  { tab: "files", label: "Files" },
  { tab: "settings", label: "Settings" },
];

/** The row of tabs: one is in the tab order, the arrow keys go on to the others. */
export function Tabs({ store }: { store: Store }) {
  const current = store.view.tab.value;
  const onKey = (event: KeyboardEvent) => {
    const here = TABS.findIndex(({ tab }) => tab === current);
    const target = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: TABS.length - 1 }[event.key];
    const next = target === undefined ? undefined : TABS[(target + TABS.length) % TABS.length];
    if (!next) return;
    event.preventDefault();
    store.view.tab.value = next.tab;
    document.getElementById(`tab-${next.tab}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Job" onKeyDown={onKey}>
      {TABS.map(({ tab, label }) => (
        <button
          key={tab}
          id={`tab-${tab}`}
          type="button"
          role="tab"
          aria-selected={tab === current}
          aria-controls={`panel-${tab}`}
          tabIndex={tab === current ? 0 : -1}
          onClick={() => {
            store.view.tab.value = tab;
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
