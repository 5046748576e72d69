import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, posix } from "node:path";
import * as vscode from "vscode";
import type { HostRef } from "../../core/ports";
import { withLateProgress } from "../../platform/progress";
import { windowHost } from "../environments/windowHost";
import { hostFile } from "../tensors/hostFiles";
import { launchOf } from "./again";
import type { JobsFeature } from "./feature";
import type { Launch } from "./remembered";
import { sourcePlace } from "./sourcePlace";
import type { JobTarget } from "./targets";

/** Lines and columns from 1. */
export interface SourceLine {
  readonly path: string;
  readonly line: number;
  readonly column?: number;
}

/** Opens a file that the job's output names. */
export async function openSource(feature: JobsFeature, target: JobTarget, source: SourceLine): Promise<void> {
  const uri = await sourceUri(target, source.path, await launchOf(feature, target));
  if (uri) await show(uri, source);
  else void vscode.window.showInformationMessage(`Nobody knows where ${source.path} is.`);
}

/** A file that the job's output names: the one here that it was copied from, else the host's, which cannot be changed. */
export async function sourceUri(
  { host, job }: JobTarget,
  named: string,
  launch: Launch | undefined,
): Promise<vscode.Uri | undefined> {
  const place = sourcePlace(named, job.id, launch);
  if (!place) return undefined;
  const here = place.kind === "client" ? await fileHere(place) : uriHere(host, place.path);
  // Another computer may have submitted the job.
  const path = place.kind === "host" ? place.path : named;
  return here ?? (path.startsWith("/") ? hostFile(host, path) : undefined);
}

/** Opens a file of $TENSORLINE_OUT as a copy. `path` is relative to that. */
export async function openResult(feature: JobsFeature, { host, job }: JobTarget, path: string): Promise<void> {
  const { outFolder } = await withLateProgress(`Looking for results of ${job.name}`, (signal) =>
    feature.parts.contents(host, job.id, signal),
  );
  const uri = await copyOf(feature, host, posix.join(outFolder, path));
  if (uri) await vscode.commands.executeCommand("vscode.open", uri);
}

async function fileHere({ folder, path }: { folder: string; path: string }): Promise<vscode.Uri | undefined> {
  const uri = vscode.Uri.file(join(folder, ...path.split("/")));
  return vscode.workspace.fs.stat(uri).then(
    () => uri,
    () => undefined,
  );
}

/** In a window on that very host the file can be opened itself. */
function uriHere(host: HostRef, path: string): vscode.Uri | undefined {
  const { uri } = vscode.workspace.workspaceFolders?.[0] ?? {};
  return uri?.scheme === "vscode-remote" && windowHost(uri.authority) === host.name ? uri.with({ path }) : undefined;
}

/** In a temporary folder: changing it changes nothing on the host. */
async function copyOf(feature: JobsFeature, host: HostRef, path: string): Promise<vscode.Uri | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "tensorline-copy-"));
  const to = join(folder, basename(path) || "file");
  const { files } = await withLateProgress(`Opening ${posix.basename(path)} of ${host.name}`, (signal) =>
    feature.parts.download(host, path, to, { signal }),
  );
  return files > 0 ? vscode.Uri.file(to) : undefined;
}

async function show(uri: vscode.Uri, { line, column }: SourceLine): Promise<void> {
  const at = new vscode.Position(Math.max(0, line - 1), Math.max(0, (column ?? 1) - 1));
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at), preview: true });
}
