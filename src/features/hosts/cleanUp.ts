import { posix } from "node:path";
import * as vscode from "vscode";
import type { App } from "../../app";
import { type KeptFolder, type KeptTree, listKept, removeKept, removeWorkTrees } from "../../core/operations/kept";
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
  const trees = await chooseTrees(
    host,
    kept.flatMap(({ workTrees }) => workTrees),
  );
  if (!trees) return;
  const remove = "Remove";
  const answer = await vscode.window.showWarningMessage(
    `Remove what Tensorline keeps on ${host.name}?`,
    { modal: true, detail: keptText(kept, trees) },
    remove,
  );
  if (answer !== remove) return;
  if (trees.length > 0) await run("Removing work trees on", removeWorkTrees(trees.map(({ path }) => path)));
  const left = await run("Cleaning up", removeKept);
  const stays = left.some(({ workTrees }) => workTrees.length > 0)
    ? "work trees and what still runs"
    : "what still runs";
  const words = left.length === 0 ? "is gone" : `is gone, but for ${stays}`;
  void vscode.window.showInformationMessage(`What Tensorline kept on ${host.name} ${words}.`);
}

/** Which work trees go as well, none unless the person says so: they may hold what is nowhere else. Undefined: nothing is to be removed at all. */
async function chooseTrees({ name }: HostRef, trees: readonly KeptTree[]): Promise<readonly KeptTree[] | undefined> {
  if (trees.length === 0) return [];
  const items = trees.map((tree) => ({
    label: posix.basename(tree.path),
    ...(tree.bytes === undefined ? {} : { description: sizeText(tree.bytes) }),
    detail: tree.path,
    tree,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `Which work trees to remove on ${name}?`,
    placeHolder: "Copies of your code that no job uses; those not chosen stay",
    canPickMany: true,
  });
  return picked?.map(({ tree }) => tree);
}

/** For the confirmation: where it is, how much, and what of it goes. */
function keptText(kept: readonly KeptFolder[], trees: readonly KeptTree[]): string {
  const sized = (words: string, bytes: number | undefined) =>
    bytes === undefined ? words : `${words}: ${sizeText(bytes)}`;
  const lines = kept.flatMap(({ path, bytes, jobs }) => [
    sized(path, bytes),
    ...(jobs === undefined
      ? []
      : [sized(jobs.count === 1 ? "  of that 1 job" : `  of that ${jobs.count} jobs`, jobs.bytes)]),
  ]);
  const besides =
    trees.length === 0
      ? ["Work trees stay."]
      : [
          "These work trees go with all that lies in them:",
          ...trees.map(({ path, bytes }) => sized(`  ${path}`, bytes)),
          "The next run brings your code again, but not what lies there besides, such as data that you put there or that jobs wrote.",
        ];
  return [
    ...lines,
    "",
    ...besides,
    "",
    "Jobs that have ended go, with their logs, results and snapshots; logs of operations that have ended, too, and what was read of environments. What waits or runs stays, and so do environments.",
  ].join("\n");
}

const sizeText = (bytes: number): string =>
  bytes < 1024 ** 2 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
