import * as vscode from "vscode";
import { Failure } from "../../core/failure";
import { codeTarget, type RunTarget } from "./codeTarget";

/** The file to run: the one that the command came from, else the one in front. Its changes are saved. @throws Failure */
export async function editorTarget(uri: vscode.Uri | undefined): Promise<RunTarget | undefined> {
  const chosen = uri ?? runnableInFront() ?? (await askForFile());
  if (!chosen) return undefined;
  const document = await vscode.workspace.openTextDocument(chosen);
  if (document.isDirty && !(await document.save())) return undefined;
  // Saved under a name, an untitled one is another document.
  const saved = document.isUntitled ? vscode.window.activeTextEditor?.document : document;
  if (!saved || saved.isUntitled) return undefined;
  await saveOthers(saved.uri);
  const folder = vscode.workspace.getWorkspaceFolder(saved.uri);
  const target = codeTarget({
    scheme: saved.uri.scheme,
    authority: saved.uri.authority,
    path: saved.uri.path,
    fsPath: saved.uri.fsPath,
    firstLine: saved.lineAt(0).text,
    ...(folder ? { folder: { path: folder.uri.path, fsPath: folder.uri.fsPath } } : {}),
  });
  if ("why" in target) throw new Failure({ reason: "codeUnreachable", path: saved.uri.fsPath, why: target.why });
  return target;
}

/** Undefined where the editor in front shows nothing that runs. */
function runnableInFront(): vscode.Uri | undefined {
  const { uri, isUntitled } = vscode.window.activeTextEditor?.document ?? {};
  return uri && (isUntitled || /\.(py|sh)$/i.test(uri.path)) ? uri : undefined;
}

/** What it imports is what the person sees. */
async function saveOthers(uri: vscode.Uri): Promise<void> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const others = vscode.workspace.textDocuments.filter(
    (one) => one.isDirty && !one.isUntitled && folder && vscode.workspace.getWorkspaceFolder(one.uri) === folder,
  );
  await Promise.all(others.map((one) => one.save()));
}

async function askForFile(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: "Which file to run?",
    filters: { "Python and shell": ["py", "sh"] },
    openLabel: "Run",
  });
  return chosen?.[0];
}
