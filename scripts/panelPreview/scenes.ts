// Runs in the preview page before the page's own script: plays VS Code and the extension.
import type { HostReport } from "../../src/shared/gpu";
import type { PanelState } from "../../src/shared/gpuPanel";
import { bigHost, GIB, gib, gpu, historyOf, NOON, panelState, process } from "../../test/webview/samples";
import { themes } from "./themes.mjs";

interface Scene {
  readonly state?: Partial<PanelState>;
  readonly report?: (time: number) => HostReport;
  /** How long ago the last reading came, in milliseconds. */
  readonly ageMs?: number;
  /** How much of the past is known. */
  readonly historyMs?: number;
}

const HOSTILE = `\u202Eevil\u202C \u001b[31mred\u001b[0m\u0007 <img src=x onerror=alert(1)> ${"a\u0301\u0302\u0303".repeat(20)} ${"x".repeat(10_000)}`;

const forty = (time: number): HostReport => {
  const host = bigHost(time);
  const more = Array.from({ length: 33 }, (_, place) =>
    process(80_000 + place, {
      gpuIndex: place % 6,
      user: ["alice", "bob", "chen", "dana", "mara"][place % 5],
      memoryBytes: Math.round((1 + ((time / 1000 + place) % 3)) * GIB),
      command: `python worker.py --rank ${place}`,
    }),
  );
  return { ...host, processes: [...host.processes, ...more] };
};

const problem = {
  reason: "unreachable",
  message: "lab1 cannot be reached: no route to the host. Is the VPN on?",
};

const SCENES: Readonly<Record<string, Scene>> = {
  live: { report: bigHost },
  forty: { report: forty },
  young: { report: bigHost, historyMs: 40_000 },
  stale: {
    report: bigHost,
    ageMs: 12_400,
    state: { state: { kind: "reconnecting", retryAt: NOON + 19_000, problem }, actions: ["retry", "disconnect"] },
  },
  offline: {
    report: bigHost,
    ageMs: 250_000,
    state: {
      state: { kind: "offline", since: NOON - 240_000, problem },
      actions: ["retry", "openTerminal", "showLog"],
    },
  },
  connecting: { state: { state: { kind: "connecting", since: NOON - 7000, step: "verifying host key" } } },
  needsYou: {
    state: {
      state: { kind: "needsYou", since: NOON, question: "lab1 asks for the password of mara" },
      actions: ["connect"],
    },
  },
  noHost: { state: { host: undefined, state: { kind: "disconnected" } } },
  noGpus: {
    state: { host: "gpu-login" },
    report: (time) => ({
      ...bigHost(time),
      gpus: [],
      processes: [],
      warnings: [
        {
          reason: "noGpuTool",
          message:
            "Neither nvidia-smi nor rocm-smi was found, and the kernel lists no GPU. This may be a login node whose GPUs are reached through Slurm.",
        },
      ],
    }),
  },
  two: {
    state: { host: "rtx-ws" },
    report: () => ({
      ...bigHost(NOON),
      gpus: [
        gpu(0, {
          name: "NVIDIA GeForce RTX 4090",
          memoryTotalBytes: gib(23.99),
          memoryUsedBytes: gib(11.2),
          powerLimitWatts: 450,
          powerWatts: 310,
          fanPercent: 62,
        }),
        gpu(1, {
          name: "NVIDIA GeForce RTX 4090",
          memoryTotalBytes: gib(23.99),
          memoryUsedBytes: gib(0.5),
          utilizationPercent: 0,
          powerLimitWatts: 450,
          powerWatts: 22,
          fanPercent: 0,
        }),
      ],
      processes: [
        process(4100, { user: "mara", memoryBytes: gib(10.6) }),
        process(900, { user: "root", type: "G", command: "/usr/lib/xorg/Xorg", memoryBytes: gib(0.2), gpuIndex: 1 }),
      ],
      warnings: [],
    }),
  },
  hostile: {
    state: { host: "lab1" },
    report: (time) => ({
      ...bigHost(time),
      gpus: [gpu(0, { name: HOSTILE }), gpu(1)],
      processes: [
        process(1, { user: HOSTILE, command: HOSTILE }),
        process(2, { user: "\u05d0\u05d1\u05d2", gpuIndex: 1, command: "\u0645\u0631\u062d\u0628\u0627 train.py" }),
      ],
      warnings: [{ reason: "toolFailed", message: HOSTILE }],
      system: {
        ...bigHost(time).system,
        distribution: HOSTILE,
        disks: [{ path: HOSTILE, usedBytes: 1, totalBytes: 2 }],
      },
    }),
  },
};

const wanted = new URLSearchParams(location.search);
const scene = SCENES[wanted.get("scene") ?? "live"] ?? {};
const placement = wanted.get("placement") === "sidebar" ? "sidebar" : "panel";
const theme = wanted.get("theme") as keyof typeof themes;

for (const [name, value] of Object.entries(themes[theme]))
  document.documentElement.style.setProperty(`--vscode-${name}`, value);
document.documentElement.style.background = `var(--vscode-${placement === "sidebar" ? "sideBar" : "editor"}-background)`;
document.body.className = theme;

let now = NOON;
Date.now = () => now;

const send = (method: string, params: unknown) => window.postMessage({ method, params });

/** One more reading, `after` milliseconds past the scene's time; for the measurement. */
const preview = {
  sent: [] as unknown[],
  sample: (after: number) => {
    now = NOON + after;
    send("sample", { time: now, report: scene.report?.(now) });
  },
};

Object.assign(window, {
  preview,
  acquireVsCodeApi: () => ({
    getState: () => undefined,
    setState: () => {},
    postMessage: (message: { method: string }) => {
      preview.sent.push(message);
      if (message.method !== "ready") return;
      send("state", panelState({ ...scene.state, placement }));
      if (!scene.report) return;
      const last = NOON - (scene.ageMs ?? 0);
      send("history", historyOf(scene.report, last, 1000, scene.historyMs));
      send("sample", { time: last, report: scene.report(last) });
    },
  }),
});
