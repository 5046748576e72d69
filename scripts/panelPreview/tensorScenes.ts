// Runs in the preview page before the page's own script: plays VS Code and the extension for the tensor page.
import { createPageFlow } from "../../src/core/tensors/terminal/pageFlow";
import type { TensorPanelState } from "../../src/shared/tensorPanel";
import {
  convolutionFailure,
  matmulFailure,
  memoryFailure,
  panelState,
  shellText,
  textFailure,
} from "../../test/webview/tensorSamples";
import { themes } from "./themes.mjs";

const HOSTILE = `\u202Eevil\u202C \u001b[31mred <img src=x onerror=alert(1)> ${"x".repeat(400)}`;

const SCENES: Readonly<Record<string, Partial<TensorPanelState>>> = {
  failed: {},
  memory: { shapes: { kind: "failure", failure: memoryFailure } },
  text: { shapes: { kind: "failure", failure: textFailure } },
  convolution: { shapes: { kind: "failure", failure: convolutionFailure } },
  over: { shapes: { kind: "failure", failure: { ...matmulFailure, isOver: true } } },
  empty: { shapes: { kind: "empty" }, again: undefined },
  silent: { shapes: { kind: "unexplained", isHookSilent: true } },
  alone: { hasTerminal: false },
  aloneEmpty: { hasTerminal: false, shapes: { kind: "empty" } },
  hostile: {
    host: HOSTILE,
    again: HOSTILE,
    shapes: {
      kind: "failure",
      failure: {
        ...matmulFailure,
        summary: HOSTILE,
        message: HOSTILE,
        expression: HOSTILE,
        operands: [{ name: HOSTILE, shape: Array.from({ length: 40 }, (_, at) => at), note: HOSTILE, dtype: HOSTILE }],
        fixes: [{ text: HOSTILE, edit: { was: HOSTILE, text: HOSTILE }, canApply: true }],
        layers: [{ path: HOSTILE, type: HOSTILE, sizes: HOSTILE }],
        siblings: [],
        facts: [HOSTILE],
      },
    },
  },
};

const wanted = new URLSearchParams(location.search);
const scene = SCENES[wanted.get("scene") ?? "failed"] ?? {};
const theme = wanted.get("theme") as keyof typeof themes;
for (const [name, value] of Object.entries(themes[theme]))
  document.documentElement.style.setProperty(`--vscode-${name}`, value);
document.documentElement.style.background = "var(--vscode-editor-background)";
document.body.className = theme;

const send = (method: string, params: unknown) => window.postMessage({ method, params });
let owed = 0;
let most = 0;
const flow = createPageFlow(
  {
    begin: (view, text) => send("screenView", { view, text }),
    send(view, text) {
      owed += text.length;
      most = Math.max(most, owed);
      send("screenText", { view, text });
    },
  },
  () => {},
);
flow.push(scene.again === undefined && "again" in scene ? shellText.split("\r\n").slice(0, 2).join("\r\n") : shellText);

const preview = {
  sent: [] as { method: string; params?: unknown }[],
  flow,
  /** The most characters that the page had and had not painted. */
  most: () => most,
};

function answer(message: { method: string; params?: { view: number; characters: number } }): void {
  preview.sent.push(message);
  if (message.method === "taken" && message.params) {
    owed -= message.params.characters;
    flow.taken(message.params.view, message.params.characters);
  }
  if (message.method !== "ready") return;
  const state = panelState(scene);
  send("state", state);
  if (state.hasTerminal) flow.show();
}

Object.assign(window, {
  preview,
  acquireVsCodeApi: () => ({ getState: () => undefined, setState: () => {}, postMessage: answer }),
});
