import * as vscode from "vscode";
import { withLateProgress } from "../../platform/progress";
import { filesText, sizeText } from "../files/transferText";
import type { JobsFeature } from "./feature";
import type { JobTarget } from "./targets";

/** Brings what the job left in $TENSORLINE_OUT to this computer: beside its code, else where the person says. */
export async function bringResults(feature: JobsFeature, { host, job }: JobTarget): Promise<void> {
  const launch = feature.remembered.launchOf(job.id);
  const usual = launch && feature.parts.resultsFolder(launch.place, job);
  const to = usual ?? (await askFolder(job.name));
  if (to === undefined) return;
  const result = await withLateProgress(`Bringing the results of ${job.name} from ${host.name}`, (signal, say) =>
    feature.parts.bringResults(host, job, to, {
      signal,
      onProgress: ({ doneBytes, totalBytes }) => say(`${sizeText(doneBytes)} of ${sizeText(totalBytes)}`),
    }),
  );
  const show = "Show";
  const text =
    result.files === 0
      ? `${job.name} left nothing in $TENSORLINE_OUT that is not here already.`
      : `${filesText(result.files)} of ${job.name} (${sizeText(result.bytes)}) are in ${to}.`;
  const answer = await vscode.window.showInformationMessage(text, ...(result.files === 0 ? [] : [show]));
  if (answer === show) await vscode.commands.executeCommand("revealFileInOS", vscode.Uri.file(to));
}

async function askFolder(name: string): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: `Where to put the results of ${name}`,
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: "Bring Here",
  });
  return chosen?.[0]?.fsPath;
}
