import { join } from "node:path";
import * as vscode from "vscode";
import type { App } from "../../app";
import { systemClock } from "../../core/clock";
import { type Disposable, DisposableStore, MutableDisposable, toDisposable } from "../../core/lifecycle";
import { type HostRef, hostId } from "../../core/ports";
import { registerCodeLens } from "./codeLens";
import { registerJobCommands } from "./commands";
import { createParts } from "./createParts";
import { createFailedJobs } from "./failures";
import type { JobsFeature } from "./feature";
import { createGpuLifeFiles } from "./gpuLifeFiles";
import { createGpuLives } from "./gpuLives";
import { createJobForwards } from "./jobForwards";
import { JobTree } from "./jobTree";
import { registerLaunchCommands } from "./launchCommands";
import { tellNews } from "./notifications";
import { createPages } from "./pages";
import type { JobParts } from "./parts";
import { createRemembered } from "./remembered";
import type { JobNode } from "./rows";
import { registerJobStatusBar } from "./statusBar";
import { createTails } from "./tails";
import { registerTasks } from "./tasks";
import { isSame } from "./watched";
import { createWatchedFile } from "./watchedFile";
import { createJobWatcher } from "./watcher";

/** Milliseconds after which the times in the rows are painted anew. */
const repaintMs = 30_000;

/** Running files on hosts: the Jobs view, the commands, the task, the notifications and the status bar. */
export function registerJobs(app: App): Disposable {
  const store = new DisposableStore();
  const core = createParts(app, store.add(trackConnected(app)).hosts);
  const { jobs } = core;
  const tails = store.add(createTails(jobs, core.readers, systemClock));
  const watcher = store.add(
    createJobWatcher({
      jobs,
      tails,
      file: createWatchedFile(app.storageDir, app.log),
      clock: systemClock,
      connection: (host) => app.engine.state(host),
      exists: hostExists,
      stalledAfterMs: () => app.settings.jobStalledAfterMs(),
      tell: (watched, news) =>
        tellNews(feature, watched, news).catch((error: unknown) => app.log.error("news of a job were not told", error)),
      onError: (error) => app.log.error("the watched jobs could not be written", error),
    }),
  );
  const files = createGpuLifeFiles(join(app.storageDir, "jobGpus"), app.log);
  const lives = createGpuLives({ jobs, watched: watcher, gpus: app.engine.gpus, files, clock: systemClock });
  const pages = store.add(createPages(app, core, store.add(lives), () => feature));
  const parts: JobParts = {
    ...core,
    openForm: pages.openForm,
    openPanel: pages.openPanel,
    closePanel: pages.closePanel,
  };
  const remembered = createRemembered(app.context.workspaceState, app.context.globalState);
  const forwards = store.add(createJobForwards(app.engine.forwards, jobs));
  const failedJobs = store.add(createFailedJobs(app));
  const feature: JobsFeature = { app, parts, forwards, tails, watcher, remembered, failedJobs };
  store.add(registerTree(feature));
  store.add(registerJobCommands(feature));
  store.add(registerLaunchCommands(feature));
  store.add(registerCodeLens(feature));
  store.add(registerTasks(feature));
  store.add(registerJobStatusBar(feature));
  store.add(readWatchedJobs(feature));
  return store;
}

/** The hosts that are connected now. */
function trackConnected({ engine }: App): Disposable & { readonly hosts: () => readonly HostRef[] } {
  const connected = new Map<string, HostRef>();
  const following = engine.onState(({ host, state }) => {
    if (state.kind === "connected") connected.set(hostId(host), host);
    else connected.delete(hostId(host));
  });
  return { hosts: () => [...connected.values()], dispose: () => following.dispose() };
}

/** A demo fleet that is over took the ssh config of its hosts along. */
async function hostExists({ configFile }: HostRef): Promise<boolean> {
  if (configFile === undefined) return true;
  const { access } = await import("node:fs/promises");
  return access(configFile).then(
    () => true,
    () => false,
  );
}

/** Once everything stands, and whenever the person comes back: another window may have left jobs behind. */
function readWatchedJobs({ app, watcher }: JobsFeature): Disposable {
  const store = new DisposableStore();
  const read = () => {
    watcher.reload().catch((error: unknown) => app.log.error("the watched jobs could not be read", error));
  };
  store.add(systemClock.after(0, read));
  store.add(vscode.window.onDidChangeWindowState(({ focused }) => focused && read()));
  return store;
}

function registerTree(feature: JobsFeature): Disposable {
  const store = new DisposableStore();
  const { app, parts, tails, watcher } = feature;
  const tree = new JobTree(app.book, {
    state: (host) => parts.jobs.state(host),
    connection: (host) => app.engine.state(host),
    progress: tails.progress,
    isWatched: (host, id) => watcher.list().some((one) => isSame(one, { host, id })),
    now: Date.now,
  });
  const view = store.add(
    vscode.window.createTreeView<JobNode>("tensorline.jobs", {
      treeDataProvider: tree,
      showCollapseAll: true,
      canSelectMany: true,
    }),
  );
  const tick = store.add(new MutableDisposable<Disposable>());
  const paint = () => {
    tree.repaint();
    tick.replace(view.visible ? systemClock.after(repaintMs, paint) : undefined);
  };
  store.add(view.onDidChangeVisibility(paint));
  store.add(app.book.onChange(() => tree.refresh()));
  store.add(parts.jobs.onChange((host) => tree.changed(host)));
  store.add(tails.onChange(() => view.visible && tree.repaint()));
  store.add(watcher.onChange(() => tree.repaint()));
  store.add(lookAtUnfolded(feature, view, tree));
  return store;
}

/** A host is connected and read while its row is unfolded and the view is visible. */
function lookAtUnfolded({ app, parts }: JobsFeature, view: vscode.TreeView<JobNode>, tree: JobTree): Disposable {
  const store = new DisposableStore();
  const unfolded = new Map<string, HostRef>();
  const looks = new Map<string, Disposable>();
  const follow = () => {
    for (const [id, host] of unfolded) {
      if (view.visible && !looks.has(id)) looks.set(id, parts.jobs.look(host));
    }
    for (const [id, look] of looks) {
      if (view.visible && unfolded.has(id)) continue;
      look.dispose();
      looks.delete(id);
    }
  };
  store.add(
    view.onDidExpandElement(({ element }) => {
      if (element.kind !== "host") return;
      unfolded.set(hostId(element.host), element.host);
      follow();
    }),
  );
  store.add(
    view.onDidCollapseElement(({ element }) => {
      if (element.kind !== "host") return;
      unfolded.delete(hostId(element.host));
      follow();
    }),
  );
  store.add(view.onDidChangeVisibility(follow));
  store.add(app.engine.onState(({ host }) => tree.changed(host)));
  store.add(
    toDisposable(() => {
      for (const look of looks.values()) look.dispose();
      looks.clear();
    }),
  );
  return store;
}
