import * as vscode from "vscode";
import type { App } from "../../app";
import type { HostRef } from "../../core/ports";
import type { Toolkit } from "../../shared/environments";
import { pickToolkit, toolkitsOf } from "./targets";
import { openTerminal } from "./terminals";
import { toolkitName } from "./toolkitWords";

/** Chooses the toolkit that this workspace's terminals on the host use. Nothing changes on the host. */
export async function switchToolkit(app: App, host: HostRef, row?: Toolkit): Promise<void> {
  const picked = row ?? (await pickToolkit(app, host, true));
  if (!picked) return;
  const toolkit = picked === "none" ? undefined : picked;
  await app.selections.chooseToolkit(host, toolkit);
  const open = "Open Terminal";
  const text = toolkit
    ? `New terminals of this workspace on ${host.name} use ${toolkitName(toolkit)}. Nothing was changed on the host.`
    : `New terminals of this workspace on ${host.name} use what the host itself chooses.`;
  if ((await vscode.window.showInformationMessage(text, open)) === open) openTerminal(app, host);
}

/** What an administrator would run to make it everybody's default; it is only shown. */
export async function showSystemDefault(app: App, host: HostRef, row?: Toolkit): Promise<void> {
  const toolkit = row ?? (await pickToolkit(app, host, false));
  if (!toolkit || toolkit === "none") return;
  const toolkits = await toolkitsOf(app, host);
  const command = app.engine.environments.parts().systemDefaultCommand(toolkit, toolkits);
  if (command === undefined) {
    const text = `${toolkitName(toolkit)} in ${toolkit.path} cannot be made the default of ${host.name} by one command.`;
    void vscode.window.showInformationMessage(text);
    return;
  }
  const copy = "Copy Command";
  const answer = await vscode.window.showInformationMessage(
    `Make ${toolkitName(toolkit)} the default of ${host.name} for everybody?`,
    {
      modal: true,
      detail: `Only an administrator of ${host.name} can. Tensorline does not run this; the command is:\n\n${command}`,
    },
    copy,
  );
  if (answer === copy) await vscode.env.clipboard.writeText(command);
}
