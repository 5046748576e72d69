import type { Scope } from "./processes";
import { type Store, selectedGpu } from "./store";

/** Heading of the process table with what narrows it. */
export function ProcessFilter({ store, shown }: { store: Store; shown: number }) {
  const { view } = store;
  const all = store.processes.value.length;
  const known = store.panel.value?.me !== undefined;
  const id = selectedGpu(store);
  const index = id === undefined ? undefined : store.card(id).value?.index;
  const scopes: readonly { scope: Scope; title: string; disabled?: boolean }[] = [
    { scope: "all", title: "All" },
    { scope: "mine", title: "Mine", disabled: !known },
    { scope: "gpu", title: `GPU ${index ?? ""}` },
  ];
  return (
    <div class="section-head">
      <h2 id="processes-title">Processes</h2>
      <span class="section-count">{shown === all ? all : `${shown} of ${all}`}</span>
      <fieldset class="segments">
        <legend class="visually-hidden">Whose processes</legend>
        {scopes.map(({ scope, title, disabled }) => (
          <label
            key={scope}
            class="segment"
            title={disabled ? "Your login name on this host is not known yet" : undefined}
          >
            <input
              type="radio"
              name="scope"
              checked={view.scope.value === scope}
              disabled={disabled}
              onChange={() => {
                view.scope.value = scope;
              }}
            />
            <span>{title}</span>
          </label>
        ))}
      </fieldset>
      <input
        id="process-filter"
        class="input"
        type="text"
        placeholder="Filter"
        aria-label="Filter processes by user, PID or command"
        aria-keyshortcuts="/"
        value={view.text.value}
        onInput={(event) => {
          view.text.value = event.currentTarget.value;
        }}
      />
    </div>
  );
}
