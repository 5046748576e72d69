import { posix } from "node:path";
import * as vscode from "vscode";
import type { App } from "../../app";
import { type HostRef, hostId } from "../../core/ports";
import type { RemoteCommand } from "../../core/remote";
import { windowHost } from "../environments/windowHost";
import { syncTargets } from "../files/sync";
import { hostFile } from "./hostFiles";

/** Where a file of a host is opened: in this window if it is one of that host, else its local copy, else the host's, read-only. */
export async function placeOf(app: App, host: HostRef, path: string): Promise<vscode.Uri> {
  const { uri } = vscode.workspace.workspaceFolders?.[0] ?? {};
  if (uri?.scheme === "vscode-remote" && windowHost(uri.authority) === host.name) return uri.with({ path });
  return (await localCopy(app, host, path)) ?? hostFile(host, path);
}

/** The file of the folder that was synced to where the path is, if it exists. */
async function localCopy(app: App, host: HostRef, path: string): Promise<vscode.Uri | undefined> {
  for (const { folder, target } of syncTargets(app)) {
    if (hostId(target.host) !== hostId(host)) continue;
    const root = await absolute(app, host, target.path);
    if (root === undefined || !path.startsWith(`${root}/`)) continue;
    const uri = vscode.Uri.joinPath(folder, path.slice(root.length + 1));
    const exists = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (exists) return uri;
  }
  return undefined;
}

/** The other way round: where a document's file is on the host; undefined where nobody knows. */
export async function hostPathOf(app: App, host: HostRef, uri: vscode.Uri): Promise<string | undefined> {
  if (uri.scheme === "vscode-remote" && windowHost(uri.authority) === host.name) return uri.path;
  for (const { folder, target } of syncTargets(app)) {
    if (hostId(target.host) !== hostId(host) || !uri.toString().startsWith(`${folder.toString()}/`)) continue;
    const root = await absolute(app, host, target.path);
    if (root !== undefined) return `${root}${uri.path.slice(folder.path.replace(/\/$/, "").length)}`;
  }
  return undefined;
}

const homes = new Map<string, string>();

const homeCommand: RemoteCommand<string> = {
  what: "asking for the home folder",
  argv: ["sh", "-c", 'printf %s "$HOME"'],
  deadlineMs: 10_000,
  parse: ({ stdout }) => stdout,
};

/** A folder that may be told as `~/project`; undefined while the host cannot be asked. */
async function absolute(app: App, host: HostRef, path: string): Promise<string | undefined> {
  const [first, ...rest] = path.split("/");
  const isAbsolute = first === "";
  if (isAbsolute) return posix.normalize(path).replace(/\/$/, "");
  const { signal } = new AbortController();
  try {
    const home =
      homes.get(hostId(host)) ??
      (await app.engine.environments.use(host, signal, (runner) => runner.run(homeCommand, signal)));
    homes.set(hostId(host), home);
    return posix.join(home, ...(first === "~" ? rest : [path])).replace(/\/$/, "");
  } catch {
    return undefined;
  }
}
