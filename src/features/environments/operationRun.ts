import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { App } from "../../app";
import type { Plan } from "../../core/environments/manager";
import { isFailure, problemOf } from "../../core/failure";
import type { FollowedOperation } from "../../core/operations/followed";
import type { Operation } from "../../core/operations/operation";
import type { HostRef } from "../../core/ports";
import { sentence } from "../../core/words";
import { withLateProgress } from "../../platform/progress";
import { explainFailure, showOperation } from "./operationTerminal";
import { endWords, lastLine } from "./operationWords";

/**
 * Runs a plan on the host where everybody can see it, with Cancel. It goes on there when the connection is lost or the
 * window closed. True once it is done; a failure has been told by then.
 */
export async function runPlan(app: App, host: HostRef, plan: Pick<Plan, "title" | "operation">): Promise<boolean> {
  const { environments } = app.engine;
  const request = { ...plan.operation, id: randomUUID(), title: plan.title };
  const operation = await withLateProgress(`Starting on ${host.name}: ${plan.title}`, (signal) =>
    environments.start(host, request, signal),
  );
  showOperation(app, operation, true);
  return follow(app, operation);
}

/** Shows the progress of an operation until it ends, and says how it ended. */
async function follow(app: App, operation: FollowedOperation): Promise<boolean> {
  try {
    const ended = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        cancellable: true,
        title: `${operation.host.name}: ${operation.title}`,
      },
      (progress, token) => watched(app, operation, progress, token),
    );
    return await tell(app, operation, ended);
  } catch (error) {
    if (isFailure(error, "cancelled")) return false;
    app.log.error(`${operation.title} could not be followed`, error);
    await offerOutput(app, operation, sentence(problemOf(error)));
    return false;
  }
}

async function watched(
  app: App,
  operation: FollowedOperation,
  progress: vscode.Progress<{ message?: string }>,
  token: vscode.CancellationToken,
): Promise<Operation> {
  const decoder = new TextDecoder();
  const following = [
    operation.onOutput((chunk) => {
      const message = lastLine(decoder.decode(chunk, { stream: true }));
      if (message !== undefined) progress.report({ message });
    }),
    operation.onInterrupted(() => progress.report({ message: "waiting for the connection; it goes on there" })),
    token.onCancellationRequested(() => void cancelOperation(app, operation)),
  ];
  try {
    return await operation.ended;
  } finally {
    for (const one of following) one.dispose();
  }
}

/** Stops the work and undoes what it did; whoever follows it hears of the end. */
export async function cancelOperation(app: App, operation: FollowedOperation): Promise<void> {
  try {
    await withLateProgress(`Cancelling and cleaning up: ${operation.title}`, (signal) =>
      app.engine.environments.cancel(operation, signal),
    );
  } catch (error) {
    if (isFailure(error, "cancelled")) return;
    app.log.error(`${operation.title} could not be cancelled`, error);
    await offerOutput(app, operation, sentence(problemOf(error)));
  }
}

async function tell(app: App, operation: FollowedOperation, ended: Operation): Promise<boolean> {
  if (ended.state === "succeeded") return true;
  const words = endWords(ended, explainFailure(app, operation));
  if (ended.state === "cancelled" && !ended.leftovers) void vscode.window.showInformationMessage(words);
  else await offerOutput(app, operation, words);
  return false;
}

async function offerOutput(app: App, operation: FollowedOperation, text: string): Promise<void> {
  const show = "Show Output";
  if ((await vscode.window.showErrorMessage(text, show)) === show) showOperation(app, operation);
}
