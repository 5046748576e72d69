import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Gpu, HostReport, SystemFacts } from "../../src/shared/gpu";
import type { GpuPanelApi, PanelHistory, PanelState } from "../../src/shared/gpuPanel";
import type { NotificationHandlers } from "../../src/shared/protocol";
import type { Send } from "../lib/ipc";
import { alarmOf, newWarnings } from "./alarms";
import { append, copyOf } from "./history";
import { type Card, cardsOf, idOf } from "./model";
import { type ProcessRow, rowsOf } from "./processes";
import { restoreView, type View } from "./view";

export type PanelSend = Send<typeof GpuPanelApi>;

/** Everything the page knows. Components read signals; only the handlers below write them. */
export interface Store {
  readonly send: PanelSend;
  readonly view: View;
  readonly panel: ReadonlySignal<PanelState | undefined>;
  readonly report: ReadonlySignal<HostReport | undefined>;
  readonly hasReadings: ReadonlySignal<boolean>;
  readonly system: ReadonlySignal<SystemFacts | undefined>;
  /** Ids of the GPUs in fixed order. */
  readonly gpus: ReadonlySignal<readonly string[]>;
  /** One row each, so that a sample re-renders only the rows it changes. */
  card(id: string): ReadonlySignal<Card | undefined>;
  readonly processes: ReadonlySignal<readonly ProcessRow[]>;
  /** Grows in place; `tick` says when. */
  readonly history: () => PanelHistory;
  readonly tick: ReadonlySignal<number>;
  /** Time of the last sample; milliseconds since the epoch. */
  readonly sampledAt: ReadonlySignal<number | undefined>;
  /** Age of the last sample in whole seconds once it is too old to be called live. */
  readonly staleSeconds: ReadonlySignal<number | undefined>;
  /** Processes whose end was asked for and not answered yet, by PID. */
  readonly ending: ReadonlySignal<ReadonlySet<number>>;
  /** The outcome of the last "terminate", shown beside the table. */
  readonly notice: ReadonlySignal<string>;
  /** What the live region says. */
  readonly alarm: ReadonlySignal<string>;
  readonly now: ReadonlySignal<number>;
  terminate(pid: number): void;
  /** Tells the page the time; ages and countdowns follow it. */
  setNow(now: number): void;
  readonly handlers: NotificationHandlers<typeof GpuPanelApi>;
}

interface Ports {
  readonly send: PanelSend;
  readonly saved: unknown;
  readonly save: (state: unknown) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called after each sample has been taken in, to report its paint. */
  readonly sampled: (time: number) => void;
}

/** Builds the page's state around its ports. */
export function createStore({ send, saved, save, now: clock, sampled }: Ports): Store {
  const panel = signal<PanelState | undefined>();
  const report = signal<HostReport | undefined>();
  const sampledAt = signal<number | undefined>();
  const cards = new Map<string, Signal<Card | undefined>>();
  const gpus = signal<readonly string[]>([]);
  const ending = signal<ReadonlySet<number>>(new Set());
  const notice = signal("");
  const alarm = signal("");
  const now = signal(clock());
  const tick = signal(0);
  const seen = new Map<string, Gpu>();
  let history: PanelHistory = { times: [], gpus: [] };

  const card = (id: string) => {
    const known = cards.get(id) ?? signal<Card | undefined>();
    cards.set(id, known);
    return known;
  };
  const me = computed(() => panel.value?.me);
  const patience = computed(() => Math.max(3 * (panel.value?.beatMs ?? 1000), 3000));

  function show(next: HostReport): void {
    for (const gpu of next.gpus) seen.set(idOf(gpu), gpu);
    const fresh = cardsOf(next, me.peek(), seen.values());
    for (const one of fresh) replaceIfNew(card(one.id), one);
    replaceIfNew(
      gpus,
      fresh.map((one) => one.id),
    );
    report.value = next;
  }

  function forget(): void {
    report.value = undefined;
    sampledAt.value = undefined;
    gpus.value = [];
    seen.clear();
    history = { times: [], gpus: [] };
    ending.value = new Set();
    notice.value = "";
    tick.value++;
  }

  return {
    send,
    view: restoreView(saved, save),
    panel,
    report,
    hasReadings: computed(() => report.value !== undefined),
    system: kept(() => report.value?.system),
    gpus,
    card,
    processes: keptRows(() => (report.value ? rowsOf(report.value, me.value) : [])),
    history: () => history,
    tick,
    sampledAt,
    staleSeconds: computed(() => {
      if (sampledAt.value === undefined) return undefined;
      const age = now.value - sampledAt.value;
      return age > patience.value ? Math.floor(age / 1000) : undefined;
    }),
    ending,
    notice,
    alarm,
    now,
    terminate(pid) {
      ending.value = new Set(ending.value).add(pid);
      send("terminate", { pid });
    },
    setNow(time) {
      now.value = time;
    },
    handlers: {
      state(next) {
        const previous = panel.peek();
        if (previous && previous.host !== next.host) forget();
        panel.value = next;
        now.value = clock();
        const said = alarmOf(previous, next);
        if (said !== undefined) alarm.value = said;
        const known = report.peek();
        if (known && previous?.me !== next.me) show(known);
      },
      history(next) {
        history = copyOf(next);
        ending.value = new Set();
        tick.value++;
      },
      sample(next) {
        const said = newWarnings(report.peek(), next.report);
        if (said !== undefined) alarm.value = said;
        append(history, next, patience.peek());
        batch(() => {
          show(next.report);
          sampledAt.value = next.time;
          now.value = clock();
          tick.value++;
        });
        sampled(next.time);
      },
      terminated({ pid, message }) {
        ending.value = new Set([...ending.peek()].filter((asked) => asked !== pid));
        notice.value = message;
        alarm.value = message;
      },
    },
  };
}

/** The GPU whose details show in a wide page: the chosen one while it exists, else the first. */
export function selectedGpu({ view, gpus }: Store): string | undefined {
  const chosen = view.selected.value;
  return chosen !== undefined && gpus.value.includes(chosen) ? chosen : gpus.value[0];
}

/** Leaves the signal alone where nothing changed, so that nothing renders again. */
function replaceIfNew<T>(target: Signal<T>, next: T): void {
  if (JSON.stringify(target.peek()) !== JSON.stringify(next)) target.value = next;
}

/** A computed value that keeps its identity while its content stays the same. */
function kept<T>(compute: () => T): ReadonlySignal<T> {
  let last: { value: T; text: string | undefined } | undefined;
  return computed(() => {
    const value = compute();
    const text = JSON.stringify(value);
    if (!last || last.text !== text) last = { value, text };
    return last.value;
  });
}

/** Process rows that keep their identity while they say the same, so that only changed lines render. */
function keptRows(compute: () => readonly ProcessRow[]): ReadonlySignal<readonly ProcessRow[]> {
  let last = new Map<string, { row: ProcessRow; text: string }>();
  return computed(() => {
    const next = compute().map((row) => {
      const text = JSON.stringify(row);
      const known = last.get(row.key);
      return known?.text === text ? known : { row, text };
    });
    last = new Map(next.map((entry) => [entry.row.key, entry]));
    return next.map(({ row }) => row);
  });
}
