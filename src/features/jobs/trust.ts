import * as vscode from "vscode";

/** Nothing runs from a workspace that nobody trusts. False after saying so. */
export async function isTrusted(what: string): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = "Manage Workspace Trust";
  const text = `${what} was not run: this workspace is not trusted. Trust it first if you know where its files come from.`;
  const answer = await vscode.window.showWarningMessage(text, manage);
  if (answer === manage) await vscode.commands.executeCommand("workbench.trust.manage");
  return false;
}
