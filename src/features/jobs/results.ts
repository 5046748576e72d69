import * as vscode from "vscode";
import { Failure } from "../../core/failure";
import type { BringOptions } from "../../core/jobs/launch/results";
import { withLateProgress } from "../../platform/progress";
import { sizeText } from "../files/transferText";
import type { JobsFeature } from "./feature";
import { broughtText } from "./resultsWords";
import type { JobTarget } from "./targets";

/** Brings what the job left in $TENSORLINE_OUT to this computer: beside its code, else where the person says. */
export async function bringResults(feature: JobsFeature, target: JobTarget): Promise<void> {
  const to = usualFolder(feature, target) ?? (await askFolder(target.job.name));
  if (to !== undefined) await bringTo(feature, target, to, (newer) => askToReplace(target, newer));
}

/** As `bringResults`, but nobody is asked: what was changed here stays, and results without a usual place do not come. */
export async function bringResultsUnasked(feature: JobsFeature, target: JobTarget): Promise<void> {
  const to = usualFolder(feature, target);
  if (to !== undefined) await bringTo(feature, target, to, async () => false);
}

function usualFolder({ remembered, parts }: JobsFeature, { job }: JobTarget): string | undefined {
  const launch = remembered.launchOf(job.id);
  return launch && parts.resultsFolder(launch.place, job);
}

async function bringTo(
  { parts }: JobsFeature,
  { host, job }: JobTarget,
  to: string,
  mayReplace: BringOptions["mayReplace"],
): Promise<void> {
  const title = `Bringing the results of ${job.name} from ${host.name}`;
  const result = await withLateProgress(title, (signal, say) =>
    parts.bringResults(host, job, to, {
      signal,
      mayReplace,
      onProgress: ({ doneBytes, totalBytes }) => say(`${sizeText(doneBytes)} of ${sizeText(totalBytes)}`),
    }),
  );
  const show = "Show";
  const answer = await vscode.window.showInformationMessage(
    broughtText(job.name, result, to),
    ...(result.files === 0 ? [] : [show]),
  );
  if (answer === show) await vscode.commands.executeCommand("revealFileInOS", vscode.Uri.file(to));
}

/** @throws Failure `cancelled` where the person thinks better of it */
async function askToReplace({ host, job }: JobTarget, newer: readonly string[]): Promise<boolean> {
  const replace = "Replace";
  const keep = "Keep Mine";
  const what = newer.length === 1 ? `${newer[0]} was` : `${newer.length} files were`;
  const named = newer.length === 1 ? "" : `${newer.slice(0, 12).join("\n")}${newer.length > 12 ? "\n…" : ""}\n\n`;
  const answer = await vscode.window.showWarningMessage(
    `${what} changed here after ${job.name} wrote ${newer.length === 1 ? "it" : "them"} on ${host.name}.`,
    { modal: true, detail: `${named}Replacing loses what was changed here.` },
    keep,
    replace,
  );
  if (answer === undefined) throw new Failure({ reason: "cancelled" });
  return answer === replace;
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
