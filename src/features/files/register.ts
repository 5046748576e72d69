import { basename } from "node:path";
import * as vscode from "vscode";
import type { App } from "../../app";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import type { HostRef } from "../../core/ports";
import { registerCommand } from "../../platform/commands";
import { pickHost } from "../hosts/commands";
import type { HostNode } from "../hosts/hostTree";
import { askRemotePath } from "./remotePath";
import { syncFolder } from "./sync";
import { runTransfer } from "./transferRun";

/** Upload, download and sync, from the palette, the explorer and the Hosts tree. */
export function registerFiles(app: App): Disposable {
  const store = new DisposableStore();
  const { log } = app;
  store.add(
    registerCommand(log, "tensorline.uploadToHost", (resource?: vscode.Uri, selected?: readonly vscode.Uri[]) =>
      upload(app, selected ?? (resource ? [resource] : [])),
    ),
  );
  store.add(registerCommand(log, "tensorline.downloadFromHost", (node?: HostNode) => download(app, node)));
  store.add(registerCommand(log, "tensorline.syncFolder", (resource?: vscode.Uri) => syncFolder(app, resource)));
  return store;
}

async function upload(app: App, chosen: readonly vscode.Uri[]): Promise<void> {
  const files = chosen.length > 0 ? chosen : await askWhatToUpload();
  const [first] = files;
  if (!first) return;
  const host = await pickHost(app);
  if (!host) return;
  const single = files.length === 1;
  const to = await askRemotePath(
    `Upload to ${host.name}`,
    single ? `What ${basename(first.fsPath)} becomes there` : "The folder that gets the files",
    single ? `~/${basename(first.fsPath)}` : "~/",
  );
  if (!to) return;
  for (const { fsPath } of files) {
    const target = single ? to : `${to.replace(/\/+$/, "")}/${basename(fsPath)}`;
    await runTransfer(app, {
      host,
      title: "Uploading",
      done: "Uploaded",
      where: `to ${host.name}:${target}`,
      run: (transfers, runner, options) => transfers.upload(runner, { from: fsPath, to: target }, options),
    });
  }
}

/** One dialog cannot offer both kinds on every OS. */
async function askWhatToUpload(): Promise<readonly vscode.Uri[]> {
  const folder = "A folder";
  const kind = await vscode.window.showQuickPick(["Files", folder], { title: "What to upload?" });
  if (!kind) return [];
  const isFolder = kind === folder;
  const options = { canSelectFiles: !isFolder, canSelectFolders: isFolder, canSelectMany: !isFolder };
  return (await vscode.window.showOpenDialog({ ...options, openLabel: "Upload" })) ?? [];
}

async function download(app: App, node: HostNode | undefined): Promise<void> {
  const host: HostRef | undefined = node && "entry" in node ? node.entry.ref : await pickHost(app);
  if (!host) return;
  const from = await askRemotePath(`Download from ${host.name}`, "A file or folder on the host", "~/");
  if (!from) return;
  const name = from.replace(/\/+$/, "").split("/").pop();
  const chosen = await vscode.window.showOpenDialog({
    title: `Where to put ${name}`,
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: "Download Here",
  });
  const folder = chosen?.[0];
  if (!folder) return;
  const to = name && name !== "~" && name !== ".." ? vscode.Uri.joinPath(folder, name).fsPath : folder.fsPath;
  await runTransfer(app, {
    host,
    title: "Downloading",
    done: "Downloaded",
    where: `from ${host.name}:${from}`,
    run: (transfers, runner, options) => transfers.download(runner, { from, to }, options),
  });
}
