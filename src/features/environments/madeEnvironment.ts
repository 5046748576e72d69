import * as vscode from "vscode";
import type { App } from "../../app";
import type { CreateWish, Plan } from "../../core/environments/manager";
import type { HostRef } from "../../core/ports";
import { withLateProgress } from "../../platform/progress";
import type { Environment } from "../../shared/environments";
import { openTerminal } from "./terminals";

/** The environment that a plan made, looked for anew. */
export async function madeBy(
  app: App,
  host: HostRef,
  plan: Plan,
  wish: Pick<CreateWish, "name" | "prefix">,
): Promise<Environment | undefined> {
  const { survey } = await withLateProgress(`Looking for environments on ${host.name}`, (signal) =>
    app.engine.environments.refresh(host, signal, true),
  );
  const prefix = plan.prefix ?? wish.prefix;
  return survey?.report.environments.find((one) =>
    prefix === undefined ? one.name === wish.name : one.prefix === prefix,
  );
}

/** Says that it is there, and what one does with it. */
export async function offerUse(app: App, host: HostRef, environment: Environment | undefined): Promise<void> {
  if (!environment) return;
  const open = "Open Terminal";
  const use = "Use for This Workspace";
  const answer = await vscode.window.showInformationMessage(`${environment.name} is ready on ${host.name}.`, open, use);
  if (answer === open) openTerminal(app, host, environment);
  if (answer === use) await app.selections.chooseEnvironment(host, "workspace", environment);
}
