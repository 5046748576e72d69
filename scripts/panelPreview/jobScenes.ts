// Runs in the preview page before the page's own script: plays VS Code and the extension for the job panel.
import { systemClock } from "../../src/core/clock";
import { createLogRing } from "../../src/features/jobs/logRing";
import { createLogSender } from "../../src/features/jobs/logSender";
import { type JobPanelState, logWindowBytes } from "../../src/shared/jobPanel";
import { hostileOutput } from "../../test/webview/hostileOutput";
import {
  failedJob,
  jobContents,
  jobExplanation,
  jobGpus,
  jobMetrics,
  jobPanelState,
  jobSettings,
  NOON,
  queuedJob,
  runningJob,
  tracebackText,
  trainingText,
} from "../../test/webview/jobSamples";
import { themes } from "./themes.mjs";

interface Scene {
  readonly state: Partial<JobPanelState>;
  readonly log?: string | Uint8Array;
  /** Where the log's last part begins. */
  readonly from?: number;
  readonly to?: number;
  readonly metrics?: boolean;
}

const problem = { reason: "connectionLost", message: "The connection to lab1 was lost." };

const SCENES: Readonly<Record<string, Scene>> = {
  running: { state: {}, log: trainingText, metrics: true },
  big: {
    state: { job: { ...runningJob, logBytes: 1_024_000_000 } },
    log: trainingText,
    from: 1_022_951_424,
    metrics: true,
  },
  page: {
    state: { job: { ...runningJob, logBytes: 1_024_000_000 } },
    log: trainingText,
    from: 12_000_000,
    to: 13_048_576,
  },
  failed: {
    state: {
      job: failedJob,
      progress: undefined,
      ports: [],
      cause: {
        message: "GPU 1 ran out of memory: 2.5 GB more were wanted and 1.1 GB of 80 GB were free.",
        advice: "Take smaller batches, or a GPU with more memory free.",
        detail: "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB.",
      },
    },
    log: tracebackText,
    metrics: true,
  },
  explained: {
    state: {
      job: { ...failedJob, reason: "exitCode" },
      progress: undefined,
      ports: [],
      cause: { message: "RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)" },
      explanation: jobExplanation,
    },
    log: tracebackText,
  },
  queued: { state: { job: queuedJob, progress: undefined, ports: [] } },
  quiet: { state: { job: { ...runningJob, logBytes: 0 }, progress: undefined, ports: [] } },
  interrupted: { state: { interrupted: problem }, log: trainingText, metrics: true },
  offline: { state: { problem }, log: trainingText },
  broken: { state: { brokenLoss: { name: "train/loss", value: "NaN", step: 1240 } }, log: trainingText, metrics: true },
  hostile: {
    state: { job: { ...runningJob, name: "\u202Eevil\u001b[31m <img src=x onerror=alert(1)>" } },
    log: hostileOutput(),
  },
};

const wanted = new URLSearchParams(location.search);
const scene = SCENES[wanted.get("scene") ?? "running"] ?? { state: {} };
const theme = wanted.get("theme") as keyof typeof themes;

for (const [name, value] of Object.entries(themes[theme]))
  document.documentElement.style.setProperty(`--vscode-${name}`, value);
document.documentElement.style.background = "var(--vscode-editor-background)";
document.body.className = theme;
Date.now = () => NOON;

/** The page as it was left with another tab in front. */
const saved = wanted.get("tab")
  ? { tab: wanted.get("tab"), wrap: true, logScale: false, smoothing: 0, metricsAsTable: false, hidden: [] }
  : undefined;

const send = (method: string, params: unknown) => window.postMessage({ method, params });

const bytes = typeof scene.log === "string" ? new TextEncoder().encode(scene.log) : (scene.log ?? new Uint8Array());
const from = scene.from ?? 0;
const ring = createLogRing(from, Math.max(1, bytes.length, 1024 * 1024));
let most = 0;
let owed = 0;
const sender = createLogSender(logWindowBytes, systemClock, (view, chunk) => {
  owed += chunk.length;
  most = Math.max(most, owed);
  send("logBytes", { view, bytes: chunk });
});

const preview = {
  sent: [] as { method: string; params?: unknown }[],
  /** Bytes that the page has not painted, and the most that there were. */
  owed: () => ({ now: owed, most, unsent: ring.end - sender.paintedTo }),
  /** More output. */
  print(text: string) {
    ring.add(new TextEncoder().encode(text));
    sender.grown();
  },
};
ring.add(bytes);

function answer(message: { method: string; params?: { view?: number; bytes?: number } }): void {
  preview.sent.push(message);
  if (message.method === "taken") {
    owed -= message.params?.bytes ?? 0;
    sender.taken(message.params?.view ?? 0, message.params?.bytes ?? 0);
  }
  if (message.method === "page") beginView();
  if (message.method !== "ready") return;
  send("state", jobPanelState(scene.state));
  send("settings", { settings: jobSettings });
  beginView();
  send("metrics", scene.metrics ? jobMetrics : { series: [], from: 0 });
  send("gpus", jobGpus);
  send("contents", { kind: "read", contents: jobContents });
}

let view = 0;

/** Shows the scene's part of the log from its beginning. */
function beginView(): void {
  view++;
  owed = 0;
  send("logView", {
    view,
    kind: scene.to === undefined ? "live" : "page",
    from,
    ...(scene.to === undefined
      ? {}
      : {
          to: scene.to,
          since: new Date(NOON - 7_260_000).toISOString(),
          until: new Date(NOON - 7_020_000).toISOString(),
        }),
  });
  sender.begin(view, ring, from);
}

Object.assign(window, {
  preview,
  acquireVsCodeApi: () => ({ getState: () => saved, setState: () => {}, postMessage: answer }),
});
