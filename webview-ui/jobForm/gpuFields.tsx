import { Labelled, TextInput } from "./field";
import type { FormStore } from "./store";

const MOST = 8;

/** How many GPUs or which, and how much memory each needs. */
export function GpuFields({ store }: { store: FormStore }) {
  const draft = store.draft.value;
  const { gpus } = store.choices.value;
  if (!draft) return null;
  const most = Math.max(gpus.length === 0 ? MOST : gpus.length, Number(draft.gpus) || 0);
  return (
    <>
      <Labelled store={store} field="gpus" label="GPUs" size="small">
        {(attributes) => (
          <select {...attributes} value={draft.gpus} onChange={(event) => store.set("gpus", event.currentTarget.value)}>
            <option value="0">none</option>
            {Array.from({ length: most }, (_, place) => (
              <option key={place} value={String(place + 1)}>
                {place + 1}
              </option>
            ))}
            <option value="these">these…</option>
          </select>
        )}
      </Labelled>
      {draft.gpus !== "0" && (
        <TextInput
          store={store}
          field="gpuMemory"
          label="Each needs"
          unit="GB"
          size="small"
          placeholder="any"
          numeric
        />
      )}
    </>
  );
}

/** The GPUs of the host to tick, or their ids as text where they are not known. */
export function GpuIds({ store }: { store: FormStore }) {
  const draft = store.draft.value;
  if (draft?.gpus !== "these") return null;
  const { gpus } = store.choices.value;
  const chosen = new Set(draft.gpuIds);
  if (gpus.length === 0) {
    return (
      <div class="field" data-size="wide">
        <label for="gpu-ids">GPU ids</label>
        <input
          id="gpu-ids"
          class="input code"
          type="text"
          spellcheck={false}
          placeholder="0 1, GPU-… or MIG-…"
          value={draft.gpuIds.join(" ")}
          onChange={(event) =>
            store.set(
              "gpuIds",
              event.currentTarget.value.split(/[\s,]+/).filter((id) => id !== ""),
            )
          }
        />
      </div>
    );
  }
  // What was chosen once and is not there any more stays to be seen and to be taken off.
  const gone = draft.gpuIds.filter((id) => !gpus.some((gpu) => gpu.value === id));
  const toggle = (id: string, on: boolean) =>
    store.set("gpuIds", on ? [...draft.gpuIds, id] : draft.gpuIds.filter((one) => one !== id));
  return (
    <fieldset class="gpu-ids">
      <legend class="visually-hidden">Which GPUs</legend>
      {[...gpus, ...gone.map((value) => ({ value, label: value, detail: "not there" }))].map((gpu) => (
        <label class="check" key={gpu.value}>
          <input
            type="checkbox"
            checked={chosen.has(gpu.value)}
            onChange={(event) => toggle(gpu.value, event.currentTarget.checked)}
          />
          <span class="foreign">{gpu.label}</span>
          {gpu.detail && <span class="detail foreign">{gpu.detail}</span>}
        </label>
      ))}
    </fieldset>
  );
}
