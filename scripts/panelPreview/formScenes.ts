// Runs in the preview page before the job form's own script: plays VS Code and the extension.
import type { FormChoices, JobForm } from "../../src/shared/jobForm";
import { choices, form, planned } from "../../test/webview/jobFormSamples";
import { themes } from "./themes.mjs";

interface Scene {
  readonly form?: Partial<JobForm>;
  readonly choices?: Partial<FormChoices>;
  /** Answers a question for a plan; none: it is still worked out. */
  readonly plan?: (turn: number) => unknown;
  readonly runState?: unknown;
}

const HOSTILE = `\u202Eevil\u202C \u001b[31mred <img src=x onerror=alert(1)> ${"x".repeat(400)}`;

const SCENES: Readonly<Record<string, Scene>> = {
  usual: { plan: (turn) => planned(turn) },
  waiting: { choices: { isReading: true, environments: [], toolkits: [], gpus: [], backends: [] } },
  cautions: {
    form: { settings: { ...form().settings, secrets: ["HF_TOKEN"], gpus: { count: 4 } } },
    plan: (turn) =>
      planned(turn, {
        summary: "lab1: waits for 1 of 4 GPUs (3 free; alice has 5) · sync 3 files (18 kB)",
        cautions: [
          "This host ends what you leave running when you log out; the job is kept alive by systemd.",
          "data/ is ignored and will be linked to /home/mara/proj/data on the host.",
        ],
        missingSecrets: ["HF_TOKEN"],
      }),
  },
  slurm: {
    form: {
      settings: { ...form().settings, backend: "slurm", timeLimit: "4h", scheduler: { partition: "gpu", cpus: 8 } },
    },
    plan: (turn) => planned(turn, { summary: "lab1 · Slurm partition gpu, 1 GPU, 4 h · sync 3 files (18 kB)" }),
  },
  these: { form: { settings: { ...form().settings, gpus: { ids: ["1", "4"] } } }, plan: (turn) => planned(turn) },
  any: {
    form: { settings: { program: "train.py", gpus: { count: 2 } } },
    choices: { host: undefined, environment: undefined, toolkits: [], gpus: [] },
    plan: (turn) =>
      planned(turn, {
        summary: "mi300 GPUs 0, 2 (free 3 h) · sync 212 files (1.4 MB) · the environment chosen for mi300",
      }),
  },
  failed: {
    plan: (turn) => ({
      turn,
      outcome: {
        kind: "failed",
        problem: { field: "environment", message: "“lab1” has no environment “torch-2.13”. Choose another one." },
      },
    }),
  },
  running: { plan: (turn) => planned(turn), runState: { kind: "running", step: "sending files, 40 %" } },
  refused: {
    plan: (turn) => planned(turn),
    runState: {
      kind: "failed",
      problem: {
        message: "The connection to “lab1” was lost before the job was submitted. Run it again; it cannot start twice.",
      },
    },
  },
  hostile: {
    form: {
      file: HOSTILE,
      hosts: [{ value: "lab1", label: HOSTILE, detail: HOSTILE }],
      presets: [{ name: HOSTILE, settings: {} }],
    },
    choices: {
      environments: [{ value: "/x", label: HOSTILE }],
      gpus: [{ value: "0", label: HOSTILE, detail: HOSTILE }],
    },
    plan: (turn) => planned(turn, { summary: HOSTILE, script: HOSTILE, cautions: [HOSTILE] }),
  },
};

const wanted = new URLSearchParams(location.search);
const scene = SCENES[wanted.get("scene") ?? "usual"] ?? {};
const theme = wanted.get("theme") as keyof typeof themes;
for (const [name, value] of Object.entries(themes[theme]))
  document.documentElement.style.setProperty(`--vscode-${name}`, value);
document.documentElement.style.background = "var(--vscode-editor-background)";
document.body.className = theme;

const send = (method: string, params: unknown) => window.postMessage({ method, params });

const answers: Readonly<Record<string, (params: { turn: number; host?: string }) => void>> = {
  ready() {
    send("form", form(scene.form));
    if (scene.runState) send("runState", scene.runState);
  },
  choose: ({ host }) => send("choices", { ...choices(scene.choices), ...(host === undefined ? {} : { host }) }),
  plan: ({ turn }) => scene.plan && send("planned", scene.plan(turn)),
};

Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: ({ method, params }: { method: string; params: never }) => answers[method]?.(params),
    getState: () => undefined,
    setState: () => {},
  }),
});
