import * as vscode from "vscode";
import type { App } from "../../app";
import { type KeptFolder, listKept, removeKept } from "../../core/operations/kept";
import type { HostRef } from "../../core/ports";
import type { RemoteCommand } from "../../core/remote";
import { withLateProgress } from "../../platform/progress";

/** Shows what Tensorline keeps on a host and, after a yes, removes it. */
export async function cleanUp(app: App, host: HostRef): Promise<void> {
  const run = (title: string, command: RemoteCommand<readonly KeptFolder[]>) =>
    withLateProgress(`${title} ${host.name}`, (signal) =>
      app.engine.environments.use(host, signal, (runner) => runner.run(command, signal)),
    );
  const kept = await run("Looking at", listKept);
  if (kept.length === 0) {
    void vscode.window.showInformationMessage(`Tensorline keeps nothing on ${host.name}.`);
    return;
  }
  const remove = "Remove";
  const answer = await vscode.window.showWarningMessage(
    `Remove what Tensorline keeps on ${host.name}?`,
    { modal: true, detail: keptText(kept) },
    remove,
  );
  if (answer !== remove) return;
  const left = await run("Cleaning up", removeKept);
  const words = left.length === 0 ? "is gone" : "is gone, but for what still runs";
  void vscode.window.showInformationMessage(`What Tensorline kept on ${host.name} ${words}.`);
}

/** For the confirmation: where it is, how much, and what of it goes. */
function keptText(kept: readonly KeptFolder[]): string {
  const sized = (words: string, bytes: number | undefined) =>
    bytes === undefined ? words : `${words}: ${sizeText(bytes)}`;
  const lines = kept.flatMap(({ path, bytes, jobs }) => [
    sized(path, bytes),
    ...(jobs === undefined
      ? []
      : [sized(jobs.count === 1 ? "  of that 1 job" : `  of that ${jobs.count} jobs`, jobs.bytes)]),
  ]);
  return [
    ...lines,
    "",
    "Jobs that have ended go, with their logs, results and snapshots; logs of operations that have ended, too, and what was read of environments. What waits or runs stays, and so do environments.",
  ].join("\n");
}

const sizeText = (bytes: number): string =>
  bytes < 1024 ** 2 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
