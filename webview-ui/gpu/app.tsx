import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Palette } from "../lib/theme";
import { Banner } from "./banner";
import { NoGpus, NoHost, NotSampled } from "./emptyStates";
import { GpuDetail } from "./gpuDetail";
import { GpuOverview } from "./gpuOverview";
import { HostStrip } from "./hostStrip";
import { ProcessTable } from "./processTable";
import type { Store } from "./store";
import { HostWarnings } from "./warnings";

/** From this width on the selected GPU stands beside the list, below it inside the list. */
const WIDE_PX = 700;

export interface PageProps {
  readonly store: Store;
  readonly palette: ReadonlySignal<Palette>;
  readonly wide: boolean;
}

/** The page: view in the sidebar and panel in an editor tab alike. */
export function App({ store, palette }: Omit<PageProps, "wide">) {
  const page = useRef<HTMLElement>(null);
  const [wide, setWide] = useState(false);
  useLayoutEffect(() => {
    const element = page.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWide(element.clientWidth >= WIDE_PX));
    setWide(element.clientWidth >= WIDE_PX);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => shortcut(event, store);
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [store]);
  return (
    <main class="page" ref={page} data-layout={wide ? "wide" : "narrow"} data-placement={store.panel.value?.placement}>
      <Content store={store} palette={palette} wide={wide} />
      <div class="visually-hidden" role="status" aria-live="polite">
        {store.alarm}
      </div>
    </main>
  );
}

function Content(props: PageProps) {
  const { store, wide } = props;
  const panel = store.panel.value;
  if (!panel) return null;
  if (panel.host === undefined) return <NoHost store={store} />;
  const readings = store.hasReadings.value;
  const old = store.staleSeconds.value !== undefined;
  return (
    <>
      <HostStrip store={store} />
      <Banner store={store} />
      {panel.gentle === "resting" && !readings && <NotSampled store={store} />}
      {readings && <HostWarnings store={store} />}
      {readings && (
        <div class="body" data-old={old}>
          {store.gpus.value.length === 0 ? <NoGpus store={store} /> : <GpuOverview {...props} />}
          {wide && store.gpus.value.length > 0 && <GpuDetail {...props} />}
          {store.gpus.value.length > 0 && <ProcessTable store={store} />}
        </div>
      )}
    </>
  );
}

/** `/` goes to the filter, Escape clears what narrows the view: the filter's text first, then the selection. */
function shortcut(event: KeyboardEvent, { view }: Store): void {
  const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.key === "/" && !typing) {
    const filter = document.querySelector<HTMLInputElement>("#process-filter");
    if (!filter) return;
    event.preventDefault();
    filter.focus();
  } else if (event.key === "Escape") {
    if (view.text.value !== "") view.text.value = "";
    else view.selected.value = undefined;
  }
}
