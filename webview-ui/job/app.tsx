import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { JobTab } from "../../src/shared/jobPanel";
import type { Palette } from "../lib/theme";
import { FilesTab } from "./filesTab";
import { GpuTab } from "./gpuTab";
import { Header } from "./header";
import { LogTab } from "./logTab";
import { MetricsTab } from "./metricsTab";
import { Notices } from "./notices";
import { SettingsTab } from "./settingsTab";
import type { Store } from "./store";
import { Tabs } from "./tabs";
import type { MakeTerminal } from "./terminal";

interface Props {
  readonly store: Store;
  readonly palette: ReadonlySignal<Palette>;
  readonly makeTerminal: MakeTerminal;
}

/** The page of one job. The log stays where it is while another tab is looked at; the other tabs come and go. */
export function App({ store, palette, makeTerminal }: Props) {
  const { tab } = store.view;
  // A terminal cannot measure itself where nobody sees it: it is made when the log is looked at for the first time.
  const seen = useRef(false);
  seen.current ||= tab.value === "log";
  return (
    <main class="page">
      <Header store={store} />
      <Notices store={store} />
      <Tabs store={store} />
      <Tab tab="log" current={tab.value}>
        {seen.current && <LogTab store={store} makeTerminal={makeTerminal} />}
      </Tab>
      <Tab tab="metrics" current={tab.value}>
        {tab.value === "metrics" && <MetricsTab store={store} palette={palette} />}
      </Tab>
      <Tab tab="gpu" current={tab.value}>
        {tab.value === "gpu" && <GpuTab store={store} palette={palette} />}
      </Tab>
      <Tab tab="files" current={tab.value}>
        {tab.value === "files" && <FilesTab store={store} />}
      </Tab>
      <Tab tab="settings" current={tab.value}>
        {tab.value === "settings" && <SettingsTab store={store} />}
      </Tab>
      <div class="visually-hidden" role="status" aria-live="polite">
        {store.said}
      </div>
    </main>
  );
}

function Tab({ tab, current, children }: { tab: JobTab; current: JobTab; children: ComponentChildren }) {
  return (
    <div id={`panel-${tab}`} class="tab" role="tabpanel" aria-labelledby={`tab-${tab}`} hidden={tab !== current}>
      {children}
    </div>
  );
}
