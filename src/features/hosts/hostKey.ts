import * as vscode from "vscode";
import type { App } from "../../app";
import type { HostRef } from "../../core/ports";

/** Explains a changed host key and offers the one way out that is safe for where the old key stands. */
export async function explainHostKey(app: App, host: HostRef): Promise<void> {
  const state = app.engine.state(host);
  const problem = app.engine.connections().problem(host);
  if (problem?.reason !== "hostKeyChanged") {
    const text =
      state.kind === "offline"
        ? state.problem.message
        : `The key of ${host.name} is the one that you know. Nothing to forget.`;
    await vscode.window.showInformationMessage(text);
    return;
  }
  const detail =
    `Known:   ${problem.known}\nOffered: ${problem.offered}\n\n` +
    `The old ${problem.keyType} key stands in ${problem.file}, line ${problem.line}. ` +
    "A changed key means that the machine was reinstalled, or that somebody is between you and it. Ask its administrator before you go on.";
  if (problem.own) {
    const forget = "Forget the Old Key";
    const answer = await vscode.window.showWarningMessage(
      `The host key of ${host.name} has changed.`,
      { modal: true, detail },
      forget,
    );
    if (answer !== forget) return;
    await app.engine.connections().forgetHostKey(host);
    await vscode.commands.executeCommand("tensorline.connect", host);
    return;
  }
  const line = `ssh-keygen -R ${shellWord(problem.entry)} -f ${shellWord(problem.file)}`;
  const copy = "Copy Command";
  const answer = await vscode.window.showWarningMessage(
    `The host key of ${host.name} has changed.`,
    {
      modal: true,
      detail: `${detail}\n\nThat file is yours, so Tensorline does not edit it. If the new key is right, run:\n\n${line}`,
    },
    copy,
  );
  if (answer === copy) await vscode.env.clipboard.writeText(line);
}

/** For a command line that a person pastes into any shell, Windows ones included: double quotes where needed. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `"${word.replaceAll('"', "")}"`;
}
