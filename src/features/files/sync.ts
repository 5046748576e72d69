import { basename } from "node:path";
import * as vscode from "vscode";
import type { App } from "../../app";
import { Failure, isFailure, problemOf } from "../../core/failure";
import type { HostRef } from "../../core/ports";
import type { UploadPlan } from "../../core/transfer/uploadPlan";
import { sentence } from "../../core/words";
import { quoted } from "../../core/words/say";
import { pickHost } from "../hosts/commands";
import { askRemotePath } from "./remotePath";
import { runTransfer, withHost } from "./transferRun";
import { filesText, planText } from "./transferText";

export interface SyncTarget {
  readonly host: HostRef;
  readonly path: string;
}

const memory = "tensorline.syncTargets";

/** Brings what changed in a local folder to where it went the last time, after showing what would happen. */
export async function syncFolder(app: App, resource: vscode.Uri | undefined): Promise<void> {
  const folder = resource ?? (await pickFolder());
  if (!folder) return;
  for (let known = recall(app, folder); ; known = undefined) {
    const target = known ?? (await askTarget(app, folder));
    if (!target) return;
    const { host, path } = target;
    const where = `${host.name}:${path}`;
    const request = { from: folder.fsPath, to: path, ignore: true, delete: true };
    const plan = await withHost(app, host, `Comparing with ${where}`, (transfers, runner, signal) =>
      transfers.planUpload(runner, request, signal),
    ).then(undefined, (error: unknown) => askElsewhere(app, error, where));
    if (plan === "elsewhere") continue;
    await remember(app, folder, target);
    const choice = await choose(plan, where);
    if (choice === "elsewhere") continue;
    if (choice === undefined || !(await confirmed(plan, host, choice))) return;
    await runTransfer(app, {
      host,
      title: "Syncing",
      done: "Synced",
      where: `to ${where}`,
      run: (transfers, runner, options) => transfers.sync(runner, { ...request, delete: choice === "delete" }, options),
    });
    return;
  }
}

/** The host of the last time may be gone for good. */
async function askElsewhere(app: App, error: unknown, where: string): Promise<"elsewhere"> {
  if (isFailure(error, "cancelled")) throw error;
  app.log.error(`comparing with ${where} failed`, error);
  const choose = "Choose Another Host or Folder…";
  const answer = await vscode.window.showErrorMessage(sentence(problemOf(error)), choose);
  if (answer === choose) return "elsewhere";
  throw new Failure({ reason: "cancelled" }, error);
}

type Choice = "sync" | "delete" | "elsewhere";

async function choose(plan: UploadPlan, where: string): Promise<Choice | undefined> {
  const changed = plan.upload.length + plan.arrived.length;
  const items: (vscode.QuickPickItem & { choice: Choice })[] = [
    {
      label: changed > 0 ? `$(sync) Sync ${planText(plan)}` : "$(check) Nothing changed",
      description: where,
      ...(plan.newerOnHost.length > 0
        ? { detail: `${filesText(plan.newerOnHost.length)} changed later on the host` }
        : {}),
      choice: "sync",
    },
    ...(plan.delete.length > 0
      ? [
          {
            label: `$(trash) Sync and delete ${filesText(plan.delete.length)} there`,
            detail: `Only on the host and not ignored: ${names(plan.delete)}`,
            choice: "delete" as const,
          },
        ]
      : []),
    { label: "$(remote) Choose another host or folder…", choice: "elsewhere" },
  ];
  return (await vscode.window.showQuickPick(items, { title: "Sync folder" }))?.choice;
}

/** Nothing that is only on the host goes without a word. */
async function confirmed(plan: UploadPlan, host: HostRef, choice: Choice): Promise<boolean> {
  const lost = [
    ...(plan.newerOnHost.length > 0 ? [`Replaced, though changed later on the host: ${names(plan.newerOnHost)}`] : []),
    ...(choice === "delete" ? [`Deleted on the host: ${names(plan.delete)}`] : []),
  ];
  if (lost.length === 0) return true;
  const go = choice === "delete" ? "Sync and Delete" : "Replace";
  const count = plan.newerOnHost.length + (choice === "delete" ? plan.delete.length : 0);
  const question = `Lose what is in ${filesText(count)} on ${host.name}?`;
  return (await vscode.window.showWarningMessage(question, { modal: true, detail: lost.join("\n\n") }, go)) === go;
}

function names(paths: readonly string[]): string {
  const shown = paths.slice(0, 10).map(quoted).join(", ");
  return paths.length > 10 ? `${shown} and ${paths.length - 10} more` : shown;
}

async function pickFolder(): Promise<vscode.Uri | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  if (folders.length === 1) return folders[0]?.uri;
  if (folders.length > 1) return (await vscode.window.showWorkspaceFolderPick())?.uri;
  const options = { canSelectFiles: false, canSelectFolders: true, openLabel: "Sync" };
  return (await vscode.window.showOpenDialog(options))?.[0];
}

async function askTarget(app: App, folder: vscode.Uri): Promise<SyncTarget | undefined> {
  const host = await pickHost(app);
  if (!host) return undefined;
  const name = basename(folder.fsPath);
  const path = await askRemotePath(`Sync to ${host.name}`, `What ${name} becomes there`, `~/${name}`);
  return path === undefined ? undefined : { host, path };
}

/** Local folders, and where each went the last time. */
export const syncTargets = ({ context }: App): readonly { folder: vscode.Uri; target: SyncTarget }[] =>
  Object.entries(context.workspaceState.get<Record<string, SyncTarget>>(memory, {})).map(([folder, target]) => ({
    folder: vscode.Uri.parse(folder),
    target,
  }));

const recall = ({ context }: App, folder: vscode.Uri): SyncTarget | undefined =>
  context.workspaceState.get<Record<string, SyncTarget>>(memory, {})[folder.toString()];

async function remember({ context }: App, folder: vscode.Uri, target: SyncTarget): Promise<void> {
  const all = context.workspaceState.get<Record<string, SyncTarget>>(memory, {});
  await context.workspaceState.update(memory, { ...all, [folder.toString()]: target });
}
