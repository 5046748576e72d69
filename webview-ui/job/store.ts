import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import * as v from "valibot";
import {
  type JobContentsState,
  type JobGpus,
  type JobMetrics,
  type JobPanelApi,
  type JobPanelState,
  type JobTab,
  JobTabSchema,
  type LogView,
} from "../../src/shared/jobPanel";
import type { JobSettings } from "../../src/shared/jobSettings";
import type { NotificationHandlers } from "../../src/shared/protocol";
import type { Send } from "../lib/ipc";
import { stateWords } from "./words";

/** What shows the log's bytes; the store hands them on and keeps none. */
export interface LogSink {
  begin(view: LogView): void;
  bytes(view: number, bytes: Uint8Array): void;
}

/** What the reader chose; it outlives hiding the page. */
export interface View {
  readonly tab: Signal<JobTab>;
  readonly wrap: Signal<boolean>;
  readonly logScale: Signal<boolean>;
  /** 0 to 1: how much of a point comes from those before it. */
  readonly smoothing: Signal<number>;
  readonly metricsAsTable: Signal<boolean>;
  /** Names of series that are not drawn. */
  readonly hidden: Signal<readonly string[]>;
}

/** Everything the page knows. Components read signals; only the handlers write them. */
export interface Store {
  readonly send: Send<typeof JobPanelApi>;
  readonly view: View;
  readonly panel: ReadonlySignal<JobPanelState | undefined>;
  readonly log: ReadonlySignal<LogView | undefined>;
  readonly metrics: ReadonlySignal<JobMetrics | undefined>;
  readonly gpus: ReadonlySignal<JobGpus | undefined>;
  readonly settings: ReadonlySignal<JobSettings | undefined>;
  /** What shows the job in any terminal of the host. */
  readonly attach: ReadonlySignal<string | undefined>;
  readonly contents: ReadonlySignal<JobContentsState | undefined>;
  /** What the live region says. */
  readonly said: ReadonlySignal<string>;
  readonly now: ReadonlySignal<number>;
  /** Before it the log is not shown: what comes counts as taken, so that nothing waits for the page. */
  showLogIn(sink: LogSink): void;
  /** Asks for everything, and tells from now on which tab is looked at. */
  start(): void;
  /** Tells the page the time; milliseconds since the epoch. */
  setNow(now: number): void;
  readonly handlers: NotificationHandlers<typeof JobPanelApi>;
}

const SavedSchema = v.object({
  tab: JobTabSchema,
  wrap: v.boolean(),
  logScale: v.boolean(),
  smoothing: v.pipe(v.number(), v.minValue(0), v.maxValue(0.99)),
  metricsAsTable: v.boolean(),
  hidden: v.array(v.string()),
});

const FRESH: v.InferOutput<typeof SavedSchema> = {
  tab: "log",
  wrap: true,
  logScale: false,
  smoothing: 0,
  metricsAsTable: false,
  hidden: [],
};

interface Ports {
  readonly send: Send<typeof JobPanelApi>;
  readonly saved: unknown;
  readonly save: (state: unknown) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Builds the page's state around its ports. */
export function createStore({ send, saved, save, now: clock }: Ports): Store {
  const panel = signal<JobPanelState | undefined>();
  const log = signal<LogView | undefined>();
  const metrics = signal<JobMetrics | undefined>();
  const gpus = signal<JobGpus | undefined>();
  const settings = signal<JobSettings | undefined>();
  const attach = signal<string | undefined>();
  const contents = signal<JobContentsState | undefined>();
  const said = signal("");
  const now = signal(clock());
  let sink: LogSink | undefined;
  const view = restoreView(saved, save);
  let last: string | undefined;

  return {
    send,
    view,
    panel,
    log,
    metrics,
    gpus,
    settings,
    attach,
    contents,
    said,
    now: computed(() => now.value),
    showLogIn(target) {
      sink = target;
      if (log.peek()) send("page", { to: "newest" });
    },
    start() {
      send("ready");
      effect(() => send("look", { tab: view.tab.value }));
    },
    setNow(time) {
      now.value = time;
    },
    handlers: {
      state(next) {
        const before = panel.peek()?.job?.state;
        panel.value = next;
        now.value = clock();
        const state = next.job?.state;
        if (before !== undefined && state !== undefined && before !== state) said.value = stateWords[state].word;
        const trouble = (next.problem ?? next.interrupted)?.message;
        if (trouble !== undefined && trouble !== last) said.value = trouble;
        last = trouble;
      },
      logView(next) {
        log.value = next;
        sink?.begin(next);
      },
      logBytes({ view: of, bytes }) {
        if (sink) sink.bytes(of, bytes);
        else send("taken", { view: of, bytes: bytes.length });
      },
      metrics(next) {
        metrics.value = next;
      },
      gpus(next) {
        gpus.value = next;
      },
      settings(next) {
        settings.value = next.settings;
        attach.value = next.attach;
      },
      contents(next) {
        contents.value = next;
      },
    },
  };
}

function restoreView(saved: unknown, save: (state: unknown) => void): View {
  const parsed = v.safeParse(SavedSchema, saved);
  const start = parsed.success ? parsed.output : FRESH;
  const view: View = {
    tab: signal<JobTab>(start.tab),
    wrap: signal(start.wrap),
    logScale: signal(start.logScale),
    smoothing: signal(start.smoothing),
    metricsAsTable: signal(start.metricsAsTable),
    hidden: signal<readonly string[]>(start.hidden),
  };
  let first = true;
  effect(() => {
    const state = {
      tab: view.tab.value,
      wrap: view.wrap.value,
      logScale: view.logScale.value,
      smoothing: view.smoothing.value,
      metricsAsTable: view.metricsAsTable.value,
      hidden: [...view.hidden.value],
    };
    if (!first) save(state);
    first = false;
  });
  return view;
}
