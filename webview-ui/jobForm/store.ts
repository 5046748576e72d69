import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type {
  FormChoices,
  FormPlan,
  FormProblem,
  JobField,
  JobForm,
  JobFormApi,
  RunState,
} from "../../src/shared/jobForm";
import type { JobSettings } from "../../src/shared/jobSettings";
import type { NotificationHandlers } from "../../src/shared/protocol";
import type { Send } from "../lib/ipc";
import { type Draft, draftOf, type FieldErrors, settingsOf } from "./draft";

/** What the plan line shows. `isOld`: something was typed since, and its answer is not there yet. */
export interface PlanView {
  readonly isOld: boolean;
  readonly outcome?: FormPlan["outcome"];
}

/** Everything the form knows. Components read signals. */
export interface FormStore {
  readonly form: ReadonlySignal<JobForm | undefined>;
  readonly draft: ReadonlySignal<Draft | undefined>;
  readonly choices: ReadonlySignal<FormChoices>;
  readonly isScheduler: ReadonlySignal<boolean>;
  /** Sentences at their fields: of fields that were left or of a try to run, and what the plan found. */
  readonly errors: ReadonlySignal<FieldErrors>;
  readonly plan: ReadonlySignal<PlanView>;
  readonly runState: ReadonlySignal<RunState>;
  set<K extends keyof Draft>(field: K, value: Draft[K]): void;
  /** The reader has left a field: its error may show now. */
  left(field: JobField): void;
  usePreset(name: string): void;
  savePreset(): void;
  enterSecret(name: string): void;
  copy(text: string): void;
  run(): void;
  /** Escape: ends a run that is on its way, else closes. */
  close(): void;
  readonly handlers: NotificationHandlers<typeof JobFormApi>;
}

interface Ports {
  readonly send: Send<typeof JobFormApi>;
  readonly saved: unknown;
  readonly save: (state: unknown) => void;
  /** Calls once after so many milliseconds; returns what calls it off. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

/** So long nothing is typed before the plan is asked for. */
const PAUSE_MS = 300;

const noChoices: FormChoices = { isReading: true, environments: [], toolkits: [], gpus: [], backends: [] };

export function createFormStore({ send, saved, save, after }: Ports): FormStore {
  const form = signal<JobForm | undefined>();
  const draft = signal<Draft | undefined>();
  const choices = signal<FormChoices>(noChoices);
  const answer = signal<FormPlan | undefined>();
  const turn = signal(0);
  const runState = signal<RunState>({ kind: "idle" });
  const seen = signal<ReadonlySet<JobField>>(new Set());
  const tried = signal(false);
  let callOff = () => {};

  const isScheduler = computed(
    () => choices.value.backends.find(({ value }) => value === draft.value?.backend)?.isScheduler ?? false,
  );
  const entered = computed(() => draft.value && settingsOf(draft.value, isScheduler.value));
  const current = computed(() => (answer.value?.turn === turn.value ? answer.value.outcome : undefined));
  const errors = computed(() => {
    const own = entered.value?.errors ?? {};
    const fields = Object.entries(own).filter(([field]) => tried.value || seen.value.has(field as JobField));
    return { ...foreign(current.value), ...foreign(runState.value), ...Object.fromEntries(fields) };
  });

  function ask(): void {
    const found = entered.value;
    turn.value++;
    callOff();
    if (!found?.settings) return;
    const question = { turn: turn.value, settings: found.settings };
    callOff = after(PAUSE_MS, () => send("plan", question));
  }

  function change(next: Draft): void {
    const before = draft.value;
    batch(() => {
      draft.value = next;
      if (runState.value.kind === "failed") runState.value = { kind: "idle" };
    });
    save({ id: form.value?.id, draft: next });
    if (before && before.host !== next.host) choose(next.host);
    ask();
  }

  function choose(host: string): void {
    choices.value = { ...noChoices, ...(host === "" ? {} : { host }) };
    send("choose", host === "" ? {} : { host });
  }

  function withSettings(act: (settings: JobSettings) => void): void {
    tried.value = true;
    const found = entered.value;
    if (found?.settings) act(found.settings);
  }

  return {
    form,
    draft,
    choices,
    isScheduler,
    errors,
    runState,
    plan: computed(() => {
      const outcome = answer.value?.outcome;
      const isOld = outcome === undefined || answer.value?.turn !== turn.value;
      return outcome === undefined ? { isOld } : { isOld, outcome };
    }),
    set: (field, value) => draft.value && change({ ...draft.value, [field]: value }),
    left: (field) => {
      seen.value = new Set([...seen.value, field]);
    },
    usePreset(name) {
      const preset = form.value?.presets.find((one) => one.name === name);
      const basis = form.value?.settings;
      // The program of the form stays where the preset names none.
      if (preset && basis) change(draftOf({ program: draft.value?.program ?? basis.program, ...preset.settings }));
    },
    savePreset: () => withSettings((settings) => send("savePreset", { settings })),
    enterSecret: (name) => send("enterSecret", { name }),
    copy: (text) => send("copy", { text }),
    run() {
      if (runState.value.kind === "running") return;
      withSettings((settings) => {
        callOff();
        runState.value = { kind: "running", step: "looking at what has to be done" };
        send("run", { settings });
      });
    },
    close() {
      if (runState.value.kind === "running") return send("cancel");
      const found = entered.value;
      send("close", found?.settings ? { settings: found.settings } : {});
    },
    handlers: {
      form(next) {
        const isFirst = form.value?.id !== next.id;
        form.value = next;
        if (!isFirst) return;
        const kept = restored(saved, next.id);
        draft.value = kept ?? draftOf(next.settings);
        choose(draft.value.host);
        ask();
      },
      choices(next) {
        if ((next.host ?? "") !== (draft.value?.host ?? "")) return;
        const before = isScheduler.value;
        choices.value = next;
        if (isScheduler.value !== before) ask();
      },
      planned(next) {
        // An answer to an older question is dropped: a newer one is on its way.
        if (next.turn === turn.value) answer.value = next;
      },
      runState(next) {
        runState.value = next;
      },
    },
  };
}

function foreign(outcome: { kind: string; problem?: FormProblem } | undefined): FieldErrors {
  const problem = outcome?.kind === "failed" ? outcome.problem : undefined;
  return problem?.field === undefined ? {} : { [problem.field]: problem.message };
}

/** What was typed before the page was hidden; only of this opening of the form. */
function restored(saved: unknown, id: string): Draft | undefined {
  const kept = saved as { id?: unknown; draft?: unknown } | null | undefined;
  if (kept?.id !== id || typeof kept.draft !== "object" || kept.draft === null) return undefined;
  const fresh = draftOf({ program: "" });
  const same = Object.entries(fresh).every(
    ([key, value]) => typeof Reflect.get(kept.draft ?? {}, key) === typeof value,
  );
  return same ? (kept.draft as Draft) : undefined;
}
