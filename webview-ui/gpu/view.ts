import { effect, type Signal, signal } from "@preact/signals";
import * as v from "valibot";
import type { Scope, Sort } from "./processes";

/** What the reader chose; it outlives hiding the page. */
export interface View {
  /** A GPU's id. */
  readonly selected: Signal<string | undefined>;
  readonly scope: Signal<Scope>;
  readonly text: Signal<string>;
  readonly sort: Signal<Sort>;
  readonly rangeMinutes: Signal<RangeMinutes>;
  readonly gpusAsTable: Signal<boolean>;
  readonly chartsAsTable: Signal<boolean>;
}

export const RANGES = [1, 5, 10] as const;
export type RangeMinutes = (typeof RANGES)[number];

const SavedSchema = v.object({
  selected: v.optional(v.string()),
  scope: v.picklist(["all", "mine", "gpu"]),
  text: v.string(),
  sort: v.optional(
    v.object({ column: v.picklist(["pid", "user", "gpu", "memory", "time", "command"]), descending: v.boolean() }),
  ),
  rangeMinutes: v.picklist(RANGES),
  gpusAsTable: v.boolean(),
  chartsAsTable: v.boolean(),
});

type Saved = v.InferOutput<typeof SavedSchema>;

const FRESH: Saved = { scope: "all", text: "", rangeMinutes: 10, gpusAsTable: false, chartsAsTable: false };

/** The view as it was left, or a fresh one where nothing usable was saved; every change is given to `save`. */
export function restoreView(saved: unknown, save: (state: unknown) => void): View {
  const parsed = v.safeParse(SavedSchema, saved);
  const start = parsed.success ? parsed.output : FRESH;
  const view: View = {
    selected: signal(start.selected),
    scope: signal(start.scope),
    text: signal(start.text),
    sort: signal<Sort>(start.sort),
    rangeMinutes: signal(start.rangeMinutes),
    gpusAsTable: signal(start.gpusAsTable),
    chartsAsTable: signal(start.chartsAsTable),
  };
  let first = true;
  effect(() => {
    const state: Saved = {
      selected: view.selected.value,
      scope: view.scope.value,
      text: view.text.value,
      sort: view.sort.value,
      rangeMinutes: view.rangeMinutes.value,
      gpusAsTable: view.gpusAsTable.value,
      chartsAsTable: view.chartsAsTable.value,
    };
    if (!first) save(state);
    first = false;
  });
  return view;
}
