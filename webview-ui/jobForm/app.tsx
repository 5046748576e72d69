import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../lib/icon";
import { Check, Choose, TextInput } from "./field";
import { GpuFields, GpuIds } from "./gpuFields";
import { MoreFields, SchedulerFields } from "./moreFields";
import { PlanLine } from "./planLine";
import type { FormStore } from "./store";

/** The whole form. Enter runs, Escape closes; nothing needs the mouse. */
export function App({ store }: { store: FormStore }) {
  const page = useRef<HTMLElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => pressed(event, store);
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [store]);
  const isOpen = store.draft.value !== undefined;
  useEffect(() => {
    if (isOpen) page.current?.querySelector<HTMLElement>("[data-field='arguments']")?.focus();
  }, [isOpen]);
  const form = store.form.value;
  if (!form || !isOpen) return <main class="job-form" ref={page} />;
  const choices = store.choices.value;
  const backends = choices.backends.filter(({ value }) => value !== "process");
  const backend = backends.find(({ value }) => value === store.draft.value?.backend);
  const any = store.draft.value?.host === "";
  return (
    <main class="job-form" ref={page}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run(store, page.current);
        }}
        noValidate
      >
        <header>
          <h1 class="foreign">Run {form.file}</h1>
          {form.presets.length > 0 && <Presets store={store} />}
        </header>
        <div class="row">
          <Choose store={store} field="host" label="On" size="wide" none="any free host" choices={form.hosts} />
          <GpuFields store={store} />
        </div>
        <GpuIds store={store} />
        <div class="row">
          <Choose
            store={store}
            field="environment"
            label="Environment"
            size="wide"
            none={choices.environment ?? (any ? "the one chosen for the host" : "the one chosen for this host")}
            choices={choices.environments}
            {...(choices.problem
              ? { hint: choices.problem }
              : choices.isReading
                ? { hint: "reading what is there…" }
                : {})}
          />
          <Choose store={store} field="toolkit" label="Toolkit" none="as it is" choices={choices.toolkits} />
        </div>
        <div class="row">
          <TextInput store={store} field="arguments" label="Arguments" size="wide" placeholder="--epochs 10" isCode />
        </div>
        <div class="row">
          <div class="checks">
            {form.place === "client" && (
              <Check
                store={store}
                field="sync"
                label="Sync code, snapshot"
                hint="Brings the workspace folder to the host and keeps a copy of it for this job"
              />
            )}
            <Check
              store={store}
              field="queue"
              label="Queue if busy"
              hint="Waits on the host until enough GPUs are free"
            />
          </div>
          <Choose
            store={store}
            field="backend"
            label="Back end"
            none="plain process"
            choices={backends.map(({ value, label }) => ({ value, label }))}
            {...(backend?.detail === undefined ? {} : { hint: backend.detail })}
          />
        </div>
        <SchedulerFields store={store} />
        <More store={store} />
        <PlanLine store={store} />
        <Actions store={store} />
      </form>
    </main>
  );
}

function Presets({ store }: { store: FormStore }) {
  return (
    <label class="presets">
      <span>Preset</span>
      <select value="" onChange={(event) => store.usePreset(event.currentTarget.value)}>
        <option value="" disabled>
          choose…
        </option>
        {store.form.value?.presets.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Actions({ store }: { store: FormStore }) {
  const state = store.runState.value;
  const isRunning = state.kind === "running";
  return (
    <footer>
      <p class={state.kind === "failed" ? "outcome error" : "outcome"} role="alert">
        {state.kind === "failed" && <Icon name="error" />}
        {state.kind === "failed" ? state.problem.message : ""}
      </p>
      {isRunning && (
        <p class="outcome" role="status">
          {state.step}…
        </p>
      )}
      <div class="buttons">
        {isRunning ? (
          <button type="button" class="button secondary" onClick={() => store.close()}>
            Cancel
          </button>
        ) : (
          <button type="button" class="button secondary" onClick={() => store.savePreset()}>
            Save as preset…
          </button>
        )}
        <button type="submit" class="button" disabled={isRunning}>
          Run{" "}
          <span class="key" aria-hidden="true">
            ⏎
          </span>
        </button>
      </div>
    </footer>
  );
}

const inMore = ["program", "launcher", "processes", "folder", "timeLimit", "variables", "secrets", "name"] as const;

/** Opens by itself where something in it is wrong, and never closes by itself. */
function More({ store }: { store: FormStore }) {
  const [isOpen, setOpen] = useState(false);
  const needsYou = inMore.some((field) => store.errors.value[field] !== undefined);
  useEffect(() => {
    if (needsYou) setOpen(true);
  }, [needsYou]);
  return (
    <details class="more" open={isOpen || needsYou} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>More: program, folder, variables, secrets, time limit</summary>
      <MoreFields store={store} />
    </details>
  );
}

/** Runs, or goes to the first field that is wrong. */
function run(store: FormStore, page: HTMLElement | null): void {
  store.run();
  requestAnimationFrame(() => page?.querySelector<HTMLElement>("[aria-invalid='true']")?.focus());
}

/** Enter runs from every field, also from lists and ticks; in a text of several lines with Ctrl or Cmd. */
function pressed(event: KeyboardEvent, store: FormStore): void {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Escape") store.close();
  if (event.key !== "Enter" || !(event.target instanceof HTMLElement)) return;
  const isLong = event.target instanceof HTMLTextAreaElement && !event.ctrlKey && !event.metaKey;
  if (isLong || event.target.matches("button, summary")) return;
  event.preventDefault();
  document.querySelector<HTMLFormElement>("form")?.requestSubmit();
}
