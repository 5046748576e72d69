import * as vscode from "vscode";
import type { App } from "../../app";
import type { Disposable } from "../../core/lifecycle";
import { hostId } from "../../core/ports";
import type { ExplainedJob } from "../../core/tensors/explainJob";
import { createFailedLines, type FailedIn } from "../tensors/diagnostics";
import type { Explained } from "../tensors/feature";
import { sourceUri } from "./open";
import type { Launch } from "./remembered";
import type { JobTarget } from "./targets";

/** The lines at which jobs failed, in the Problems view: one for each program, until a job of it succeeds. */
export interface FailedJobs extends Disposable {
  failed(target: JobTarget, explained: ExplainedJob, launch: Launch | undefined): void;
  succeeded(target: JobTarget, launch: Launch | undefined): void;
}

export function createFailedJobs(app: App): FailedJobs {
  const lines = createFailedLines(app);
  const shown = new Map<string, FailedIn>();
  const keyOf = ({ host, job }: JobTarget, launch: Launch | undefined) =>
    launch
      ? JSON.stringify([launch.place.kind === "host" && hostId(host), launch.place.folder, launch.settings.program])
      : JSON.stringify([hostId(host), job.name]);

  const clear = (key: string) => {
    const before = shown.get(key);
    if (before) lines.clear(before);
    shown.delete(key);
  };

  return {
    failed(target, explained, launch) {
      const key = keyOf(target, launch);
      clear(key);
      const failure: FailedIn = {
        host: target.host,
        last: explainedIn(target, explained),
        uriOf: (path) => sourceUri(target, path, launch),
      };
      shown.set(key, failure);
      lines.show(failure);
    },
    succeeded: (target, launch) => clear(keyOf(target, launch)),
    dispose: () => lines.dispose(),
  };
}

/** Shows all that is known of the tensors of a job that failed. */
export async function showShapes(_: unknown, target: JobTarget, explained: ExplainedJob): Promise<void> {
  await vscode.commands.executeCommand("tensorline.showShapes", explainedIn(target, explained));
}

const explainedIn = ({ host }: JobTarget, { explanation, records, folder }: ExplainedJob): Explained => ({
  explanation,
  context: { host, records, ...(folder === undefined ? {} : { folder }) },
});
