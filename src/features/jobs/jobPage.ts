import * as vscode from "vscode";
import type { App } from "../../app";
import { type Disposable, DisposableStore, toDisposable } from "../../core/lifecycle";
import { type HostRef, hostId } from "../../core/ports";
import type { ExplainedJob } from "../../core/tensors/explainJob";
import { showProblem } from "../../platform/problems";
import { pageHtml, pageOptions } from "../../platform/webview/html";
import { connectPage } from "../../platform/webview/page";
import { type JobPanelAction, JobPanelApi } from "../../shared/jobPanel";
import type { Job } from "../../shared/jobs";
import { createJobSession, type JobSession, type JobSessionParts } from "./jobSession";
import { failedPlace } from "./jobTold";
import { thinned } from "./logPages";

/** Which job, for whoever acts on it. */
export interface JobTarget {
  readonly host: HostRef;
  readonly id: string;
  readonly job: Job;
}

/** What the panel's buttons do, supplied by the rest of the feature; each asks for confirmation itself. */
export interface JobPanelActions {
  stop(target: JobTarget): unknown;
  runAgain(target: JobTarget): unknown;
  runAgainWithChanges(target: JobTarget): unknown;
  bringResults(target: JobTarget): unknown;
  /** `path` is relative to `$TENSORLINE_OUT`. */
  openResult(target: JobTarget, path: string): unknown;
  delete(target: JobTarget): unknown;
  /** Opens an address of the host's loopback through a forward; none: the person says which port. */
  openPort(target: JobTarget, url: string | undefined): unknown;
  /** `path` as the job's output names it. */
  openSource(target: JobTarget, place: { path: string; line: number; column?: number }): unknown;
  /** All that is known of the tensors of a job that failed. */
  showShapes(target: JobTarget, explained: ExplainedJob): unknown;
}

export interface JobPanelParts extends JobSessionParts {
  readonly actions: JobPanelActions;
}

export interface JobPanels extends Disposable {
  /** Shows the job's panel; there is one for each job. */
  open(host: HostRef, id: string, name: string): void;
  /** Closes the job's panel, if there is one. */
  close(host: HostRef, id: string): void;
}

const page = { name: "job", title: "Job", injectsStyles: true } as const;

/** Job panels in editor tabs. */
export function createJobPanels(app: App, parts: JobPanelParts): JobPanels {
  const open = new Map<string, vscode.WebviewPanel>();

  const create = (host: HostRef, id: string, name: string) => {
    const panel = vscode.window.createWebviewPanel(
      "tensorline.jobPanel",
      `Job: ${name}`,
      vscode.ViewColumn.Active,
      pageOptions(app.context.extensionUri),
    );
    panel.iconPath = vscode.Uri.joinPath(app.context.extensionUri, "media", "activity.svg");
    const content = connectJobPanel(app, parts, host, id, panel);
    panel.onDidDispose(() => {
      open.delete(keyOf(host, id));
      content.dispose();
    });
    panel.webview.html = pageHtml(panel.webview, app.context.extensionUri, page);
    return panel;
  };

  return {
    open(host, id, name) {
      const existing = open.get(keyOf(host, id));
      if (existing) existing.reveal();
      else open.set(keyOf(host, id), create(host, id, name));
    },
    close: (host, id) => open.get(keyOf(host, id))?.dispose(),
    dispose() {
      for (const panel of [...open.values()]) panel.dispose();
    },
  };
}

const keyOf = (host: HostRef, id: string) => `${hostId(host)} ${id}`;

function connectJobPanel(
  app: App,
  { actions, ...parts }: JobPanelParts,
  host: HostRef,
  id: string,
  panel: vscode.WebviewPanel,
): Disposable {
  const store = new DisposableStore();
  const gone = new AbortController();
  store.add(toDisposable(() => gone.abort()));

  const on = (act: (target: JobTarget) => unknown) => {
    const job = session.job();
    if (job) void act({ host, id, job });
  };

  const connection = store.add(
    connectPage(
      panel.webview,
      JobPanelApi,
      {
        ready: () => session.show(),
        look: ({ tab }) => session.look(tab),
        taken: ({ view, bytes }) => session.log.taken(view, bytes),
        page: ({ to }) => session.log.go(to),
        act: ({ action }) => act(action),
        openPort({ url }) {
          if (session.urls().some((one) => one.url === url)) on((target) => actions.openPort(target, url));
        },
        openLink: ({ url }) => openLink(url),
        openSource: (place) => on((target) => actions.openSource(target, place)),
        openFile: ({ path }) => on((target) => actions.openResult(target, path)),
        copy: ({ text }) => void vscode.env.clipboard.writeText(text),
      },
      app.log,
    ),
  );
  const session: JobSession = store.add(createJobSession(host, id, parts, connection.notify));

  async function jumpToTime(): Promise<void> {
    const moments = await parts.jobs.logIndex(host, id, gone.signal);
    const items = thinned(moments, 500).map(({ at, bytes }) => ({
      label: new Date(at).toLocaleString(),
      description: `${(bytes / 1e6).toFixed(1)} MB`,
      bytes,
    }));
    const title = items.length === 0 ? "The log has no times yet" : "Go to a time in the log";
    const picked = await vscode.window.showQuickPick(items, { title, placeHolder: "Type a part of the date or time" });
    if (picked) session.log.go({ byte: picked.bytes });
  }

  function look(action: "openFailedLine" | "showShapes"): void {
    const explained = session.explained();
    if (!explained) return;
    const place = failedPlace(explained);
    if (action === "showShapes") on((target) => actions.showShapes(target, explained));
    else if (place) on((target) => actions.openSource(target, place));
  }

  function act(action: JobPanelAction): void {
    if (action === "retry") session.retry();
    else if (action === "refreshFiles") session.readContents();
    else if (action === "openPort") on((target) => actions.openPort(target, undefined));
    else if (action === "jumpToTime")
      jumpToTime().catch((error: unknown) => {
        if (!gone.signal.aborted) void showProblem(error);
      });
    else if (action === "openFailedLine" || action === "showShapes") look(action);
    else on(actions[action]);
  }

  // A hidden page is taken down by the editor and says `ready` again when it is back.
  store.add(
    panel.onDidChangeViewState(() => {
      if (!panel.visible) session.hide();
    }),
  );
  return store;
}

/** Addresses in the log are hostile text: only the web, and the editor asks about domains it does not trust. */
function openLink(url: string): void {
  if (/^https?:\/\//i.test(url)) void vscode.env.openExternal(vscode.Uri.parse(url, true));
}
