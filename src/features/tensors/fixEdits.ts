import * as vscode from "vscode";
import type { App } from "../../app";
import type { FixEdit } from "../../shared/tensors";
import type { Explained } from "./feature";
import { hostFileScheme } from "./hostFiles";
import { absolutePath } from "./openPlace";
import { placeOf } from "./places";

/** A fix whose place in this window is known. */
export interface PlacedEdit {
  readonly uri: vscode.Uri;
  readonly edit: FixEdit;
}

/** Where the edits of an explanation belong, by the number of their fix; only files of this window's folders count. */
export async function placeEdits(
  app: App,
  { explanation, context }: Explained,
): Promise<readonly (PlacedEdit | undefined)[]> {
  return Promise.all(
    explanation.fixes.map(async ({ edit }) => {
      const path = edit && absolutePath(context.folder, edit.place.file);
      if (!edit || path === undefined || !context.host) return undefined;
      const uri = await placeOf(app, context.host, path);
      const isOwn = uri.scheme !== hostFileScheme && vscode.workspace.getWorkspaceFolder(uri) !== undefined;
      return isOwn ? { uri, edit } : undefined;
    }),
  );
}

/** The range whose text the edit replaces; undefined where another text stands there by now. */
export async function standingRange({ uri, edit }: PlacedEdit): Promise<vscode.Range | undefined> {
  const document = await vscode.workspace.openTextDocument(uri).then(
    (found) => found,
    () => undefined,
  );
  const { line, endLine = line, column, endColumn } = edit.place;
  if (!document || column === undefined || endColumn === undefined) return undefined;
  if (line < 1 || endLine < line || endLine > document.lineCount) return undefined;
  const range = new vscode.Range(at(document, line - 1, column), at(document, endLine - 1, endColumn));
  return document.getText(range) === edit.was ? range : undefined;
}

/** Columns are counted in characters, those of the editor in UTF-16 units. */
function at(document: vscode.TextDocument, line: number, column: number): vscode.Position {
  const before = [...document.lineAt(line).text].slice(0, column).join("");
  return new vscode.Position(line, before.length);
}

/** Applies the edit, undoably, and shows it; false where the text has changed. */
export async function applyEdit(placed: PlacedEdit): Promise<boolean> {
  const range = await standingRange(placed);
  if (!range) return false;
  const change = new vscode.WorkspaceEdit();
  change.replace(placed.uri, range, placed.edit.text);
  if (!(await vscode.workspace.applyEdit(change))) return false;
  const end = range.start.translate(0, placed.edit.text.length);
  const selection = placed.edit.text.includes("\n")
    ? new vscode.Range(range.start, range.start)
    : new vscode.Range(range.start, end);
  await vscode.window.showTextDocument(placed.uri, {
    selection,
    viewColumn: vscode.ViewColumn.Beside,
    preserveFocus: true,
  });
  return true;
}
