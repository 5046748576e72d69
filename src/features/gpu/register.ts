import * as vscode from "vscode";
import type { App } from "../../app";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import { type HostRef, hostId } from "../../core/ports";
import { registerCommand } from "../../platform/commands";
import { pageHtml, pageOptions } from "../../platform/webview/html";
import type { HostNode } from "../hosts/hostTree";
import { createGpuPage } from "./gpuPage";
import { registerStatusBar } from "./statusBar";

const page = { name: "gpu", title: "GPUs" };

/** The GPU view in the sidebar, the GPU panels in editor tabs, and the pinned host in the status bar. */
export function registerGpu(app: App): Disposable {
  const store = new DisposableStore();
  store.add(registerSidebar(app));
  store.add(registerPanels(app));
  store.add(registerStatusBar(app));
  return store;
}

function registerSidebar(app: App): Disposable {
  return vscode.window.registerWebviewViewProvider("tensorline.gpu", {
    resolveWebviewView(view) {
      view.webview.options = pageOptions(app.context.extensionUri);
      const gpuPage = createGpuPage(app, {
        placement: "sidebar",
        webview: view.webview,
        visible: () => view.visible,
        onVisible: view.onDidChangeVisibility,
      });
      const showSelected = () => {
        const host = app.book.selected();
        view.description = host?.name ?? "";
        gpuPage.show(host);
      };
      let shown = app.book.selected();
      const following = app.book.onChoice(() => {
        if (app.book.selected() === shown) return;
        shown = app.book.selected();
        showSelected();
      });
      view.onDidDispose(() => {
        following.dispose();
        gpuPage.dispose();
      });
      view.webview.html = pageHtml(view.webview, app.context.extensionUri, page);
      showSelected();
    },
  });
}

function registerPanels(app: App): Disposable {
  const store = new DisposableStore();
  const open = new Map<string, vscode.WebviewPanel>();

  const create = (host: HostRef) => {
    const panel = vscode.window.createWebviewPanel(
      "tensorline.gpuPanel",
      `GPUs: ${host.name}`,
      vscode.ViewColumn.Active,
      pageOptions(app.context.extensionUri),
    );
    panel.iconPath = vscode.Uri.joinPath(app.context.extensionUri, "media", "activity.svg");
    const gpuPage = createGpuPage(app, {
      placement: "panel",
      webview: panel.webview,
      visible: () => panel.visible,
      onVisible: panel.onDidChangeViewState,
    });
    panel.onDidDispose(() => {
      open.delete(hostId(host));
      gpuPage.dispose();
    });
    panel.webview.html = pageHtml(panel.webview, app.context.extensionUri, page);
    gpuPage.show(host);
    return panel;
  };

  store.add(
    registerCommand(app.log, "tensorline.openGpuPanel", async (argument: HostNode | HostRef | undefined) => {
      const host = await hostFrom(app, argument);
      if (!host) return;
      const existing = open.get(hostId(host));
      if (existing) existing.reveal();
      else open.set(hostId(host), create(host));
    }),
  );
  store.add({
    dispose() {
      for (const panel of open.values()) panel.dispose();
    },
  });
  return store;
}

async function hostFrom(app: App, argument: HostNode | HostRef | undefined): Promise<HostRef | undefined> {
  if (argument && "name" in argument) return argument;
  if (argument && "entry" in argument) return argument.entry.ref;
  const selected = app.book.selected() ?? app.book.pinned();
  if (selected) return selected;
  const entries = [...(await app.book.entries()), ...app.book.demoEntries()];
  const picked = await vscode.window.showQuickPick(
    entries.map((entry) => ({ label: entry.ref.name, entry })),
    { title: "Whose GPUs?" },
  );
  return picked?.entry.ref;
}
