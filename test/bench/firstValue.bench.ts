import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { evaluate, waitFor } from "../host/harness/control";
import { spec } from "../host/harness/spec";
import { median, ms, report } from "./figures";
import { type BenchServer, nextSample, startBenchEngine, startBenchServer } from "./server";

const run = promisify(execFile);
const pairs = 12;
const sidebar = 'main.page[data-placement="sidebar"]';

/** One `ssh HOST nvidia-smi` with a connection of its own. */
async function plainSsh({ configFile }: BenchServer): Promise<number> {
  const started = performance.now();
  await run("ssh", ["-F", configFile, "box1", "nvidia-smi"]);
  return performance.now() - started;
}

/** From the first look at a host that nobody is connected to, to its first GPU values. */
async function engineFirstValue(server: BenchServer): Promise<number> {
  const engine = startBenchEngine(join(server.folder, "storage"));
  try {
    const started = performance.now();
    await nextSample(engine.gpus.watch(server.host(1), 1000));
    return performance.now() - started;
  } finally {
    engine.dispose();
  }
}

/** Resolves in the page after the frame in which eight GPUs appeared where there were none. */
const watchForGpus = `(() => {
  let empty = false;
  globalThis.benchFirstPaint = new Promise((resolve) => {
    const afterPaint = new MessageChannel();
    afterPaint.port1.onmessage = () => resolve(Date.now());
    const observer = new MutationObserver(() => {
      const last = document.querySelector('.gpus > .gpu:nth-child(8) .gpu-memory');
      empty ||= !last;
      if (!empty || !/\\d/.test(last?.textContent ?? "")) return;
      observer.disconnect();
      requestAnimationFrame(() => afterPaint.port2.postMessage(undefined));
    });
    observer.observe(document, { subtree: true, childList: true, characterData: true });
  });
})()`;

/** From the command that a click on a host runs, to the painted values in the sidebar. */
async function viewFirstValue(server: BenchServer, number: number): Promise<number> {
  await evaluate(watchForGpus, { webview: sidebar });
  const started = Date.now();
  await vscode.commands.executeCommand("tensorline.showHost", server.host(number));
  const painted = await evaluate("globalThis.benchFirstPaint", { webview: sidebar });
  await vscode.commands.executeCommand("tensorline.disconnect", server.host(number));
  return Number(painted) - started;
}

/** Runs both kinds next to each other, each first as often as the other; the first pair only warms up. */
async function alternate(one: (pair: number) => Promise<number>, other: () => Promise<number>) {
  const results: { one: number; other: number }[] = [];
  for (let pair = 0; pair <= pairs; pair++) {
    if (pair % 2 === 0) {
      const first = await one(pair);
      results.push({ one: first, other: await other() });
    } else {
      const first = await other();
      results.push({ one: await one(pair), other: first });
    }
  }
  const kept = results.slice(1);
  return {
    one: median(kept.map((pair) => pair.one)),
    other: median(kept.map((pair) => pair.other)),
    ratio: median(kept.map((pair) => pair.one / pair.other)),
  };
}

spec(
  "connect to first value against one ssh HOST nvidia-smi",
  async () => {
    const server = await startBenchServer();
    try {
      const engine = await alternate(
        () => engineFirstValue(server),
        () => plainSsh(server),
      );
      await report({
        figure: "Connect to first GPU value, engine",
        target: "≤ 1.3 × one `ssh HOST nvidia-smi`",
        measured: `${engine.ratio.toFixed(2)} × (${ms(engine.one)} against ${ms(engine.other)})`,
        met: engine.ratio <= 1.3,
        method: `${pairs} alternating pairs on one sshd, each with a new connection; median of the ratios, medians of the times`,
      });
      await vscode.commands.executeCommand("tensorline.gpu.focus");
      await waitFor({ webview: sidebar, selector: "main" });
      const view = await alternate(
        (pair) => viewFirstValue(server, pair + 2),
        () => plainSsh(server),
      );
      await report({
        figure: "Choosing a host to its first painted value",
        measured: `${view.ratio.toFixed(2)} × (${ms(view.one)} against ${ms(view.other)})`,
        method: `${pairs} alternating pairs in the real VS Code: command \`showHost\` to the frame with eight GPUs in the sidebar view`,
      });
    } finally {
      await server.dispose();
    }
  },
  { deadlineMs: 180_000 },
);
