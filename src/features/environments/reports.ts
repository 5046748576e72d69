import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/lifecycle";

const scheme = "tensorline-report";
const texts = new Map<string, string>();

/** Shows Markdown as a page to read, not to save; a later one of the same name takes its place. */
export async function showReport(name: string, text: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme, path: `/${name}.md` });
  texts.set(uri.path, text);
  changed.fire(uri);
  await vscode.commands.executeCommand("markdown.showPreview", uri);
}

const changed = new vscode.EventEmitter<vscode.Uri>();

export function registerReports(): Disposable {
  const store = new DisposableStore();
  store.add(
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: ({ path }) => texts.get(path) ?? "",
    }),
  );
  return store;
}
