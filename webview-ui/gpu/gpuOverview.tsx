import { IconButton } from "../lib/icon";
import { rove } from "../lib/roving";
import type { PageProps } from "./app";
import { GpuCard } from "./gpuCard";
import { GpuTable } from "./gpuTable";
import { type Store, selectedGpu } from "./store";

/** All GPUs of the host, as rows or as a table. */
export function GpuOverview(props: PageProps) {
  const { store, wide } = props;
  const asTable = store.view.gpusAsTable.value;
  return (
    <section class="overview" data-table={asTable} aria-labelledby="overview-title">
      <div class="section-head">
        <h2 id="overview-title">GPUs</h2>
        <FreeCount store={store} />
        <IconButton
          icon="table"
          label="Show all GPUs as a table"
          pressed={asTable}
          onClick={() => {
            store.view.gpusAsTable.value = !asTable;
          }}
        />
      </div>
      {asTable ? <GpuTable store={store} /> : <GpuList {...props} wide={wide} />}
    </section>
  );
}

function FreeCount({ store }: { store: Store }) {
  const ids = store.gpus.value;
  const free = ids.filter((id) => store.card(id).value?.occupancy === "free").length;
  return (
    <span class="section-count">
      {free} of {ids.length} free
    </span>
  );
}

function GpuList(props: PageProps) {
  const { store, wide } = props;
  const ids = store.gpus.value;
  const current = selectedGpu(store);
  const selected = wide ? current : store.view.selected.value;
  return (
    <ul
      class="gpus"
      aria-label="GPUs"
      onClick={({ target }) => {
        const id = rowAt(target);
        if (id !== undefined) store.view.selected.value = id === selected && !wide ? undefined : id;
      }}
      onKeyDown={(event) => {
        rove(event, event.currentTarget, ".gpu-pick");
      }}
    >
      {ids.map((id) => (
        <GpuCard key={id} {...props} id={id} selected={id === selected} tabStop={id === current} />
      ))}
    </ul>
  );
}

/** The row that a click chooses; none where it meets something with a purpose of its own, or ends a text selection. */
function rowAt(target: EventTarget | null): string | undefined {
  if (!(target instanceof Element) || target.closest(".detail, .gpu-warning")) return undefined;
  if (document.getSelection()?.type === "Range") return undefined;
  const id = target.closest<HTMLElement>(".gpu")?.dataset.gpu;
  return id;
}
