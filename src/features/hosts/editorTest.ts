import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import type { App } from "../../app";
import type { HostDraft } from "../../core/hostsFile/hostFields";
import type { HostsFile } from "../../core/hostsFile/hostsFile";
import type { HostTestResult } from "../../core/hostTest";
import type { HostRef } from "../../core/ports";
import { systemSshFile } from "../../ssh/clientPaths";

/** Connects with the draft's values through an ssh config of its own, which goes away again. Nothing is saved. */
export async function testDraft(
  app: App,
  file: HostsFile,
  draft: HostDraft,
  replaces: string | undefined,
): Promise<readonly HostTestResult[]> {
  await mkdir(app.storageDir, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(app.storageDir, "try-"));
  try {
    const configFile = join(folder, "config");
    const system = app.settings.configFile() === undefined ? systemSshFile(app.client, "ssh_config") : undefined;
    await writeFile(configFile, await file.draftConfig(draft, replaces, system), { mode: 0o600 });
    return await testWithProgress(app, { name: draft.alias, configFile });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Connects anew, apart from any connection there is, and says of each step how it went. */
export function testWithProgress(app: App, host: HostRef): Promise<readonly HostTestResult[]> {
  const aborted = new AbortController();
  const connections = app.engine.separateConnections();
  const task = async (progress: vscode.Progress<{ message: string }>, token: vscode.CancellationToken) => {
    token.onCancellationRequested(() => aborted.abort());
    try {
      return await app.engine.testHost(
        connections,
        host,
        (step) => progress.report({ message: `${step}…` }),
        aborted.signal,
      );
    } finally {
      connections.dispose();
    }
  };
  const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title: `Testing ${host.name}` };
  return Promise.resolve(vscode.window.withProgress(options, task));
}
