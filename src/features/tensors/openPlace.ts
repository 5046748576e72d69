import { posix } from "node:path";
import * as vscode from "vscode";
import type { HostRef } from "../../core/ports";
import type { CodePlace } from "../../shared/tensors";
import type { TensorsFeature } from "./feature";
import { placeOf } from "./places";

/** Opens a file that a program of a host named; tells where nobody can know which one it is. */
export async function openPlace(
  { app }: TensorsFeature,
  host: HostRef,
  folder: string | undefined,
  place: CodePlace,
  viewColumn = vscode.ViewColumn.Active,
): Promise<void> {
  const path = absolutePath(folder, place.file);
  if (path === undefined) {
    void vscode.window.showInformationMessage(`Nobody knows in which folder of ${host.name} ${place.file} is.`);
    return;
  }
  const uri = await placeOf(app, host, path);
  const start = rangeOf(place).start;
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(start, start), preview: true, viewColumn });
}

/** Undefined for a relative path without a folder, and for what is no file. */
export function absolutePath(folder: string | undefined, file: string): string | undefined {
  if (file.startsWith("<") || file === "") return undefined;
  if (file.startsWith("/")) return posix.normalize(file);
  return folder?.startsWith("/") ? posix.join(folder, file) : undefined;
}

/** The whole line where its columns are not known. */
export function rangeOf({ line, endLine = line, column, endColumn }: CodePlace): vscode.Range {
  const isWhole = column === undefined || endColumn === undefined;
  const end = isWhole ? Number.MAX_SAFE_INTEGER : endColumn;
  return new vscode.Range(Math.max(0, line - 1), column ?? 0, Math.max(0, endLine - 1), end);
}
