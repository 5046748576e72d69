import * as vscode from "vscode";
import type { App } from "../../app";
import type { Manager } from "../../core/environments/manager";
import type { Survey } from "../../core/environments/survey";
import type { ToolkitSurvey } from "../../core/environments/toolkits/readSurvey";
import { Failure } from "../../core/failure";
import type { HostRef } from "../../core/ports";
import { withLateProgress } from "../../platform/progress";
import type { Environment, Toolkit } from "../../shared/environments";
import { pickHost } from "../hosts/commands";
import type { EnvironmentNode } from "./rows";
import { toolOf, wordsOf } from "./rows";
import { rowsDeps } from "./rowsDeps";
import { switchable, toolkitId } from "./toolkitWords";

/** A row of the tree, a host, or nothing (from the palette: then the person picks). */
export type EnvironmentArgument = EnvironmentNode | HostRef | undefined;

export interface EnvironmentTarget {
  readonly host: HostRef;
  readonly environment: Environment;
}

export async function hostTarget(app: App, argument: EnvironmentArgument): Promise<HostRef | undefined> {
  if (!argument) return pickHost(app);
  return "kind" in argument ? argument.host : argument;
}

/** What is known of the host, read now where it was not yet. @throws Failure */
export async function surveyOf(app: App, host: HostRef): Promise<Survey> {
  const { environments } = app.engine;
  const known = environments.state(host);
  if (known.survey && known.readAt !== undefined) return known.survey;
  const { survey } = await withLateProgress(`Looking for environments on ${host.name}`, (signal) =>
    environments.refresh(host, signal),
  );
  if (!survey) throw new Failure({ reason: "cancelled" });
  return survey;
}

/** The environment of a row, else one that the person picks among those that `fits`. */
export async function environmentTarget(
  app: App,
  argument: EnvironmentArgument,
  fits: (context: readonly string[]) => boolean,
): Promise<EnvironmentTarget | undefined> {
  if (argument && "kind" in argument && argument.kind === "environment") return argument;
  const host = await hostTarget(app, argument);
  if (!host) return undefined;
  const { report } = await surveyOf(app, host);
  const items = report.environments.flatMap((environment) => {
    const words = wordsOf({ host, kind: "environment", environment }, rowsDeps(app));
    if (!fits(words.context.split("."))) return [];
    return [{ label: words.label, description: words.description, detail: environment.prefix, environment }];
  });
  if (items.length === 0) {
    void vscode.window.showInformationMessage(`${host.name} has no environment for that.`);
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: `Which environment of ${host.name}?`,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked && { host, environment: picked.environment };
}

/** The manager of an environment and its program on the host. @throws Failure `managerMissing` */
export async function managerOf(app: App, { host, environment }: EnvironmentTarget): Promise<ManagerAtHand> {
  const { tools } = await surveyOf(app, host);
  const manager = app.engine.environments.parts().managers.find(({ id }) => id === environment.manager);
  const tool = toolOf(manager, tools);
  if (!manager || tool === undefined) {
    throw new Failure({ reason: "managerMissing", host: host.name, manager: manager?.label ?? environment.manager });
  }
  return { manager, tool };
}

export interface ManagerAtHand {
  readonly manager: Manager;
  readonly tool: string;
}

/** The toolkits of the host, read now where they were not yet. @throws Failure */
export async function toolkitsOf(app: App, host: HostRef): Promise<ToolkitSurvey> {
  await surveyOf(app, host);
  const { toolkits, toolkitProblem } = app.engine.environments.state(host);
  if (toolkits) return toolkits;
  throw new Failure(toolkitProblem ?? { reason: "cancelled" });
}

/** Asks which toolkit; `none` where the person wants no other than the host's own. */
export async function pickToolkit(app: App, host: HostRef, offerNone: boolean): Promise<Toolkit | "none" | undefined> {
  const toolkits = switchable(await toolkitsOf(app, host));
  const chosen = app.selections.toolkit(host);
  const items: (vscode.QuickPickItem & { toolkit: Toolkit | "none" })[] = toolkits.map((toolkit) => {
    const words = wordsOf({ host, kind: "toolkit", toolkit }, rowsDeps(app));
    return { label: words.label, description: words.description, detail: toolkitId(toolkit), toolkit };
  });
  if (offerNone) {
    const description = chosen ? "as a new shell of yours has it" : "as now";
    items.unshift({ label: "The host’s own", description, toolkit: "none" });
  }
  if (items.length === 0 || (offerNone && items.length === 1)) {
    void vscode.window.showInformationMessage(`${host.name} has no CUDA or ROCm toolkit to choose from.`);
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: `Which toolkit of ${host.name}?`,
    matchOnDetail: true,
  });
  return picked?.toolkit;
}
