import * as vscode from "vscode";
import type { App } from "../../app";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import { showProblem } from "../../platform/problems";
import { pageHtml, pageOptions } from "../../platform/webview/html";
import { connectPage } from "../../platform/webview/page";
import { JobFormApi } from "../../shared/jobForm";
import type { JobFormPort } from "./formPort";
import { createFormSession } from "./formSession";

let opened = 0;

/** Opens the job form in an editor tab; it closes by itself once the job is submitted. Disposing closes it. */
export function openJobForm({ context, log }: Pick<App, "context" | "log">, port: JobFormPort): Disposable {
  const store = new DisposableStore();
  const panel = vscode.window.createWebviewPanel(
    "tensorline.jobForm",
    `Run ${port.file}`,
    vscode.ViewColumn.Active,
    pageOptions(context.extensionUri),
  );
  panel.iconPath = vscode.Uri.joinPath(context.extensionUri, "media", "activity.svg");
  const session = store.add(
    createFormSession({
      port,
      id: `${Date.now()}.${++opened}`,
      notify: (method, params) => page.notify(method, params),
      copy: (text) => void vscode.env.clipboard.writeText(text),
      complain: (error) => void showProblem(error),
      close: () => panel.dispose(),
    }),
  );
  const page = store.add(connectPage(panel.webview, JobFormApi, session.handlers, log));
  panel.onDidDispose(() => store.dispose());
  panel.webview.html = pageHtml(panel.webview, context.extensionUri, { name: "jobForm", title: "Run on a GPU" });
  return { dispose: () => panel.dispose() };
}
