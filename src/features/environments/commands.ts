import * as vscode from "vscode";
import type { App } from "../../app";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import type { FollowedOperation } from "../../core/operations/followed";
import type { HostRef } from "../../core/ports";
import { registerCommand } from "../../platform/commands";
import { cloneEnvironment, deleteEnvironment, repairEnvironment } from "./changes";
import { createEnvironment, createFromProject } from "./createForm";
import { createPyTorch } from "./createPyTorch";
import { exportEnvironment, showSize, verifyEnvironment } from "./inspect";
import { cancelOperation } from "./operationRun";
import { showOperation } from "./operationTerminal";
import { installPackages, showPackages, uninstallPackages } from "./packages";
import { setPythonInterpreter } from "./pythonExtension";
import { refreshHost } from "./refresh";
import type { EnvironmentNode } from "./rows";
import type { Use } from "./selections";
import { type EnvironmentArgument, type EnvironmentTarget, environmentTarget, hostTarget } from "./targets";
import { activateInTerminal, openTerminal } from "./terminals";
import { showSystemDefault, switchToolkit } from "./toolkitCommands";

/** A host, and the row that the command came from. */
interface Place {
  readonly host: HostRef;
  readonly row?: EnvironmentNode;
}

/** Everything that can be done with environments and toolkits, from the tree and the palette alike. */
export function registerEnvironmentCommands(app: App): Disposable {
  const store = new DisposableStore();
  const { log, selections } = app;

  const on = <T>(
    id: `tensorline.${string}`,
    what: (argument: EnvironmentArgument) => Promise<T | undefined>,
    run: (what: T) => unknown,
  ) =>
    store.add(
      registerCommand(log, id, async (argument: EnvironmentArgument) => {
        const found = await what(argument);
        if (found) await run(found);
      }),
    );
  const anyHost = async (argument: EnvironmentArgument): Promise<Place | undefined> => {
    const host = await hostTarget(app, argument);
    return host && { host, ...(argument && "kind" in argument ? { row: argument } : {}) };
  };
  /** An environment that can do this; see `context` of its row. */
  const one = (ability: string) => (argument: EnvironmentArgument) =>
    environmentTarget(app, argument, (words) => words.includes(ability));
  const operation = (argument: EnvironmentArgument) => operationTarget(app, argument);
  const choose = ({ host, environment }: EnvironmentTarget, use: Use) =>
    selections.chooseEnvironment(host, use, environment);

  on("tensorline.refreshEnvironments", anyHost, ({ host }) => refreshHost(app, host));
  on("tensorline.createEnvironment", anyHost, ({ host }) => createEnvironment(app, host));
  on("tensorline.createPyTorchEnvironment", anyHost, ({ host }) => createPyTorch(app, host));
  on("tensorline.createFromProject", anyHost, ({ host, row }) =>
    row?.kind === "project" ? createFromProject(app, host, row.project) : createEnvironment(app, host),
  );
  on("tensorline.cloneEnvironment", one("clone"), (target) => cloneEnvironment(app, target));
  on("tensorline.exportEnvironment", one("export"), (target) => exportEnvironment(app, target));
  on("tensorline.repairEnvironment", one("repair"), (target) => repairEnvironment(app, target));
  on("tensorline.deleteEnvironment", one("remove"), (target) => deleteEnvironment(app, target));
  on("tensorline.installPackages", one("install"), (target) => installPackages(app, target, false));
  on("tensorline.upgradePackages", one("install"), (target) => installPackages(app, target, true));
  on("tensorline.uninstallPackages", one("uninstall"), (target) => uninstallPackages(app, target));
  on("tensorline.showPackages", one("environment"), (target) => showPackages(app, target));
  on("tensorline.showEnvironmentSize", one("environment"), (target) => showSize(app, target));
  on("tensorline.verifyEnvironment", one("usable"), (target) => verifyEnvironment(app, target));
  on("tensorline.openEnvironmentTerminal", one("usable"), ({ host, environment }) =>
    openTerminal(app, host, environment),
  );
  on("tensorline.activateEnvironment", one("usable"), ({ host, environment }) =>
    activateInTerminal(app, host, environment),
  );
  on("tensorline.useEnvironmentForWorkspace", one("offWorkspace"), async (target) => {
    await choose(target, "workspace");
    void offerTerminal(app, target);
  });
  on("tensorline.stopUsingForWorkspace", one("inWorkspace"), ({ host }) =>
    selections.chooseEnvironment(host, "workspace", undefined),
  );
  on("tensorline.useEnvironmentForJobs", one("offJobs"), (target) => choose(target, "jobs"));
  on("tensorline.stopUsingForJobs", one("inJobs"), ({ host }) => selections.chooseEnvironment(host, "jobs", undefined));
  on("tensorline.copyInterpreterPath", one("usable"), ({ environment }) =>
    vscode.env.clipboard.writeText(environment.interpreter ?? environment.prefix),
  );
  on("tensorline.setPythonInterpreter", one("usable"), setPythonInterpreter);
  on("tensorline.switchToolkit", anyHost, ({ host, row }) =>
    switchToolkit(app, host, row?.kind === "toolkit" ? row.toolkit : undefined),
  );
  on("tensorline.showSystemDefault", anyHost, ({ host, row }) =>
    showSystemDefault(app, host, row?.kind === "toolkit" ? row.toolkit : undefined),
  );
  on("tensorline.showOperation", operation, (found) => showOperation(app, found));
  on("tensorline.cancelOperation", operation, (found) => cancelOperation(app, found));
  return store;
}

async function offerTerminal(app: App, { host, environment }: EnvironmentTarget): Promise<void> {
  const open = "Open Terminal";
  const text = `New terminals of this workspace on ${host.name} use ${environment.name}.`;
  if ((await vscode.window.showInformationMessage(text, open)) === open) openTerminal(app, host);
}

/** The operation of a row, else one of those that run on a host. */
async function operationTarget(app: App, argument: EnvironmentArgument): Promise<FollowedOperation | undefined> {
  if (argument && "kind" in argument && argument.kind === "operation") return argument.operation;
  const host = await hostTarget(app, argument);
  if (!host) return undefined;
  const { running } = app.engine.environments.state(host);
  if (running.length === 0) {
    void vscode.window.showInformationMessage(`Nothing that Tensorline started runs on ${host.name} now.`);
    return undefined;
  }
  const items = running.map((operation) => ({ label: operation.title, operation }));
  return (await vscode.window.showQuickPick(items, { title: `Which one on ${host.name}?` }))?.operation;
}
