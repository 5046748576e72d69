import * as vscode from "vscode";
import type { App } from "../../app";
import { systemClock } from "../../core/clock";
import { isFailure, problemOf } from "../../core/failure";
import type { HostRef } from "../../core/ports";
import type { Runner } from "../../core/remote";
import type { TransferOptions, TransferProgress, TransferResult } from "../../core/transfer/transfer";
import type { Transfers } from "../../core/transfer/transfers";
import { sentence } from "../../core/words";
import { warningSentence } from "../../core/words/transfer";
import { doneText, filesText, sizeText } from "./transferText";

export interface TransferTask {
  readonly host: HostRef;
  /** `Uploading`. */
  readonly title: string;
  /** `Uploaded`. */
  readonly done: string;
  /** `to lab1:~/code`. */
  readonly where: string;
  run(transfers: Transfers, runner: Runner, options: TransferOptions): Promise<TransferResult>;
}

/**
 * Does something that takes a while on a connected host, with Cancel.
 * @throws Failure `cancelled` when the person thinks better of it
 */
export function withHost<T>(
  app: App,
  host: HostRef,
  title: string,
  work: (transfers: Transfers, runner: Runner, signal: AbortSignal, say: (message: string) => void) => Promise<T>,
): Thenable<T> {
  const where = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
  return vscode.window.withProgress(where, async (progress, token) => {
    const aborted = new AbortController();
    token.onCancellationRequested(() => aborted.abort());
    const say = (message: string) => progress.report({ message });
    const lease = app.engine.connections().acquire(host);
    try {
      for (;;) {
        const runner = await lease.connected(aborted.signal);
        try {
          return await work(app.transfers(), runner, aborted.signal, say);
        } catch (error) {
          // The lease reconnects; what has arrived is found again.
          if (!isFailure(error, "connectionLost") || aborted.signal.aborted) throw error;
          say("The connection was lost; it goes on when it is back.");
        }
      }
    } finally {
      lease.dispose();
    }
  });
}

/** Moves files and says how it went; what failed can be tried again and goes on where it stopped. */
export async function runTransfer(app: App, task: TransferTask): Promise<void> {
  const startedAt = systemClock.monotonic();
  try {
    const result = await withHost(app, task.host, `${task.title} ${task.where}`, (transfers, runner, signal, say) =>
      task.run(transfers, runner, { signal, onProgress: (progress) => say(progressText(progress)) }),
    );
    for (const warning of result.warnings) app.log.warn(warningSentence(warning));
    const text = doneText(task.done, task.where, result, systemClock.monotonic() - startedAt);
    if (result.warnings.length > 1) void offerLog(text);
    else void vscode.window.showInformationMessage(text);
  } catch (error) {
    if (isFailure(error, "cancelled")) return;
    app.log.error(`${task.title} ${task.where} failed`, error);
    const tryAgain = "Try Again";
    const showLog = "Show Log";
    const answer = await vscode.window.showErrorMessage(sentence(problemOf(error)), tryAgain, showLog);
    if (answer === tryAgain) await runTransfer(app, task);
    if (answer === showLog) app.log.show();
  }
}

async function offerLog(text: string): Promise<void> {
  const showLog = "Show Log";
  if ((await vscode.window.showWarningMessage(text, showLog)) === showLog) {
    await vscode.commands.executeCommand("tensorline.showLog");
  }
}

function progressText({ doneBytes, totalBytes, doneFiles, totalFiles }: TransferProgress): string {
  return `${sizeText(doneBytes)} of ${sizeText(totalBytes)}, ${doneFiles} of ${filesText(totalFiles)}`;
}
