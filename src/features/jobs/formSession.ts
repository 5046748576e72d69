import { boundedText } from "../../core/boundedText";
import { type Problem, problemOf } from "../../core/failure";
import type { LaunchPlan } from "../../core/jobs/launch/launch";
import { type Disposable, DisposableStore, toDisposable } from "../../core/lifecycle";
import { sentence } from "../../core/words";
import type { Choice, FormChoices, FormPlan, FormProblem, JobField, JobFormApi, RunState } from "../../shared/jobForm";
import type { JobSettings } from "../../shared/jobSettings";
import type { CommandHandlers, NotificationName, ParamsOf } from "../../shared/protocol";
import type { JobFormPort } from "./formPort";
import { progressWords } from "./formWords";

type Api = typeof JobFormApi;

interface FormPlace {
  readonly port: JobFormPort;
  /** Of this opening of the form. */
  readonly id: string;
  notify<K extends NotificationName<Api>>(method: K, params: ParamsOf<Api, K>): void;
  copy(text: string): void;
  /** Tells something that did not work and stands at no field. */
  complain(error: unknown): void;
  close(): void;
}

export interface FormSession extends Disposable {
  readonly handlers: CommandHandlers<Api>;
}

/** One open form: answers the page's questions, the newest of each kind; what was asked before is called off. */
export function createFormSession({ port, id, notify, copy, complain, close }: FormPlace): FormSession {
  const store = new DisposableStore();
  const choosing = newest(store);
  const planning = newest(store);
  const running = newest(store);
  let isRunning = false;
  let known: { readonly key: string; readonly plan: LaunchPlan } | undefined;
  let question: { readonly turn: number; readonly settings: JobSettings } | undefined;

  const sendForm = () =>
    notify("form", {
      id,
      file: boundedText(port.file, 100),
      place: port.place,
      settings: port.settings,
      hosts: port.hosts().map(shown),
      presets: port.presets(),
    });

  /** What the page is told again when it is shown again. */
  let runState: RunState = { kind: "idle" };
  const sendRunState = (state: RunState) => {
    runState = state;
    notify("runState", state);
  };

  async function choose(host: string | undefined): Promise<void> {
    const signal = choosing();
    const about = host === undefined ? {} : { host };
    try {
      const found = await port.choices(host, signal);
      if (signal.aborted) return;
      notify("choices", { ...about, isReading: false, ...shownChoices(found) });
    } catch (error) {
      if (signal.aborted) return;
      notify("choices", { ...about, isReading: false, problem: sentence(problemOf(error)), ...nothing });
    }
  }

  async function plan(turn: number, settings: JobSettings): Promise<void> {
    const signal = planning();
    question = { turn, settings };
    let outcome: FormPlan["outcome"];
    try {
      const made = await port.plan(settings, signal);
      known = { key: JSON.stringify(settings), plan: made };
      outcome = {
        kind: "planned",
        summary: boundedText(made.summary, 400),
        command: made.command,
        script: made.script,
        cautions: made.cautions.map((caution) => boundedText(caution, 400)),
        missingSecrets: [...(await port.missingSecrets(made.secrets))],
      };
    } catch (error) {
      outcome = { kind: "failed", problem: told(problemOf(error)) };
    }
    if (!signal.aborted) notify("planned", { turn, outcome });
  }

  async function run(settings: JobSettings): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    runState = { kind: "running", step: "looking at what has to be done" };
    planning();
    const signal = running();
    try {
      port.remember(settings);
      // What was shown is what runs, also when it is tried again: the plan holds the job's id, which makes it one job.
      const key = JSON.stringify(settings);
      if (known?.key !== key) known = { key, plan: await port.plan(settings, signal) };
      const made = known.plan;
      await port.run(made, {
        signal,
        onProgress: (step) => sendRunState({ kind: "running", step: progressWords(step) }),
      });
      close();
    } catch (error) {
      const problem = problemOf(error);
      sendRunState(
        problem.reason === "cancelled" || signal.aborted
          ? { kind: "idle" }
          : { kind: "failed", problem: told(problem) },
      );
    } finally {
      isRunning = false;
    }
  }

  const orComplain = (work: Promise<void>) => void work.catch(complain);

  store.add(port.onChange(sendForm));
  return {
    handlers: {
      ready() {
        sendForm();
        sendRunState(runState);
      },
      choose: ({ host }) => void choose(host),
      plan: ({ turn, settings }) => void plan(turn, settings),
      run: ({ settings }) => void run(settings),
      cancel: () => void running(),
      savePreset: ({ settings }) => orComplain(port.savePreset(settings)),
      enterSecret: ({ name }) =>
        orComplain(port.enterSecret(name).then(() => (question ? plan(question.turn, question.settings) : undefined))),
      copy: ({ text }) => copy(text),
      close({ settings }) {
        if (settings) port.remember(settings);
        close();
      },
    },
    dispose: () => store.dispose(),
  };
}

/** Gives a signal that ends as soon as the next one is asked for. */
function newest(store: DisposableStore): () => AbortSignal {
  let current = new AbortController();
  store.add(toDisposable(() => current.abort()));
  return () => {
    current.abort();
    current = new AbortController();
    return current.signal;
  };
}

const nothing = { environments: [], toolkits: [], gpus: [], backends: [] };

const shown = <T extends Choice>(choice: T): T => ({
  ...choice,
  label: boundedText(choice.label, 80),
  ...(choice.detail === undefined ? {} : { detail: boundedText(choice.detail, 80) }),
});

function shownChoices(
  found: Omit<FormChoices, "host" | "isReading" | "problem">,
): Omit<FormChoices, "host" | "isReading"> {
  return {
    ...(found.environment === undefined ? {} : { environment: boundedText(found.environment, 80) }),
    environments: found.environments.map(shown),
    toolkits: found.toolkits.map(shown),
    gpus: found.gpus.map(shown),
    backends: found.backends.map(shown),
  };
}

/** The field that would change it, where there is one. */
const fields: Partial<Readonly<Record<Problem["reason"], JobField>>> = {
  gpuUnknown: "gpus",
  gpusTaken: "gpus",
  noHostFits: "host",
  hostNotFound: "host",
  environmentUnknown: "environment",
  environmentAmbiguous: "environment",
  environmentBroken: "environment",
  badHostName: "host",
  backendUnusable: "backend",
  codeUnreachable: "program",
  secretMissing: "secrets",
};

function told(problem: Problem): FormProblem {
  const field = fields[problem.reason];
  return { message: sentence(problem), ...(field === undefined ? {} : { field }) };
}
