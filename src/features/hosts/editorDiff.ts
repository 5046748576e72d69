import { basename } from "node:path";
import * as vscode from "vscode";
import type { FileChange } from "../../core/hostsFile/configText";
import { DisposableStore } from "../../core/lifecycle";

const scheme = "tensorline-change";
let shown = 0;

/** Shows what would be written, side by side with what is there, and asks. True: write it. */
export async function reviewChanges(title: string, verb: string, changes: readonly FileChange[]): Promise<boolean> {
  const store = new DisposableStore();
  const texts = new Map<string, string>();
  const page = (side: string, file: string, text: string) => {
    const uri = vscode.Uri.from({ scheme, path: `/${basename(file)}`, query: `${side} ${++shown}` });
    texts.set(uri.toString(), text);
    return uri;
  };
  store.add(
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: (uri) => texts.get(uri.toString()),
    }),
  );
  const pages = changes.map(({ file, before, after }) => ({
    file: vscode.Uri.file(file),
    before: page("now", file, before ?? ""),
    after: page("then", file, after),
  }));
  try {
    const [first] = pages;
    if (pages.length === 1 && first) {
      await vscode.commands.executeCommand("vscode.diff", first.before, first.after, title, { preview: true });
    } else {
      const rows = pages.map(({ file, before, after }) => [file, before, after]);
      await vscode.commands.executeCommand("vscode.changes", title, rows);
    }
    return await ask(title, verb, changes);
  } finally {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    await vscode.window.tabGroups.close(
      tabs.filter((tab) => tab.label.startsWith(title)),
      true,
    );
    store.dispose();
  }
}

async function ask(title: string, verb: string, changes: readonly FileChange[]): Promise<boolean> {
  const names = changes.map(({ file }) => basename(file)).join(" and ");
  const isChanged = changes.some(({ before }) => before !== undefined);
  const backup = isChanged ? "; what is there now is kept beside it" : "";
  // One line each: what is asked about stands below.
  const yes = { label: `$(check) ${verb}`, description: `writes ${names}${backup}` };
  const no = { label: "$(close) Cancel", description: "changes nothing" };
  const picked = await vscode.window.showQuickPick([yes, no], { title, ignoreFocusOut: true });
  return picked === yes;
}
