import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import { registerCommand } from "../../platform/commands";
import { hasEnded, type Job } from "../../shared/jobs";
import type { JobsFeature } from "./feature";
import { jobKey } from "./jobWords";
import { type StatusJob, statusWords } from "./statusWords";

/** The watched jobs that run or wait as one status-bar item; nothing while there is none. */
export function registerJobStatusBar(feature: JobsFeature): Disposable {
  const store = new DisposableStore();
  const { app, parts, tails, watcher } = feature;
  // Left of it stands the pinned host.
  const item = store.add(vscode.window.createStatusBarItem("tensorline.jobs", vscode.StatusBarAlignment.Left, -1));
  item.name = "Tensorline: jobs";

  const live = (): readonly StatusJob[] =>
    watcher.list().flatMap(({ host, id }) => {
      const job = parts.jobs.state(host).jobs?.find((one: Job) => one.id === id);
      if (!job || hasEnded(job)) return [];
      const progress = tails.progress(host, id);
      return { host, job, ...(progress ? { progress } : {}) };
    });

  const paint = () => {
    const words = statusWords(live());
    if (!words) return item.hide();
    item.text = words.text;
    item.tooltip = words.tooltip;
    item.accessibilityInformation = { label: words.spoken };
    item.command = "tensorline.showRunningJob";
    item.show();
  };

  store.add(
    registerCommand(app.log, "tensorline.showRunningJob", async () => {
      const jobs = live();
      const chosen = jobs.length > 1 ? await pick(jobs) : jobs[0];
      if (chosen) parts.openPanel(chosen.host, chosen.job);
      else if (jobs.length === 0) await vscode.commands.executeCommand("tensorline.jobs.focus");
    }),
  );
  store.add(watcher.onChange(paint));
  store.add(parts.jobs.onChange(paint));
  store.add(
    tails.onChange(({ host, id }) => {
      if (watcher.list().some((one) => jobKey(one.host, one.id) === jobKey(host, id))) paint();
    }),
  );
  return store;
}

async function pick(jobs: readonly StatusJob[]): Promise<StatusJob | undefined> {
  const items = jobs.map((one) => ({
    label: one.job.name,
    description: `${one.job.state} on ${one.host.name}`,
    one,
  }));
  return (await vscode.window.showQuickPick(items, { title: "Which job?" }))?.one;
}
