import { computed, type ReadonlySignal } from "@preact/signals";
import { type Filter, filtered, held, type ProcessRow, type Sort, sorted } from "./processes";
import { type Store, selectedGpu } from "./store";

/**
 * The rows to show. While `pointed` (the pointer or the focus is among them) news changes rows but moves none;
 * a new filter or order of the reader's own does move them.
 */
export function arrange(store: Store, pointed: ReadonlySignal<boolean>): ReadonlySignal<readonly ProcessRow[]> {
  const { view } = store;
  const wish = computed<{ filter: Filter; sort: Sort }>(() => ({
    filter: { scope: view.scope.value, text: view.text.value, gpuId: selectedGpu(store) },
    sort: view.sort.value,
  }));
  let shown: readonly ProcessRow[] = [];
  let shownFor: object | undefined;
  return computed(() => {
    const { filter, sort } = wish.value;
    const matching = filtered(store.processes.value, filter);
    shown = pointed.value && shownFor === wish.value ? held(shown, matching) : sorted(matching, sort);
    shownFor = wish.value;
    return shown;
  });
}
