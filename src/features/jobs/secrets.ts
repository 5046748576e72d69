import * as vscode from "vscode";
import { Failure } from "../../core/failure";
import type { EditorSecrets } from "../../platform/secrets";

const isName = (text: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);

/** The values of a job's secrets; those that are not known are asked for and kept. @throws Failure `cancelled` */
export async function resolveSecrets(
  secrets: EditorSecrets,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const values: Record<string, string> = {};
  for (const name of names) {
    const value = (await secrets.get(name)) ?? (await enterSecret(secrets, name));
    if (value === undefined || signal.aborted) throw new Failure({ reason: "cancelled" });
    values[name] = value;
  }
  return values;
}

/** Those without a value here. */
export async function missingSecrets(secrets: EditorSecrets, names: readonly string[]): Promise<readonly string[]> {
  const values = await Promise.all(names.map((name) => secrets.get(name)));
  return names.filter((_, at) => values[at] === undefined);
}

/** Asks for the value; undefined where the person declines. */
export async function enterSecret(secrets: EditorSecrets, name: string): Promise<string | undefined> {
  const value = await vscode.window.showInputBox({
    title: `Value of the secret ${name}`,
    prompt: "Kept in the editor’s secret storage. On the host it is held in memory alone.",
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (text.includes("\0") || text.includes("\n") ? "One line of text is needed" : undefined),
  });
  // An empty one is as good as none.
  if (!value) return undefined;
  await secrets.set(name, value);
  return value;
}

/** Asks for a name, offering those that are known, and for its value. */
export async function setSecret(secrets: EditorSecrets): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: "Set secret for jobs",
    prompt: "Its name: the job gets a variable of that name, such as WANDB_API_KEY",
    validateInput: (text) => (isName(text) ? undefined : "A name has letters, digits and underscores"),
  });
  if (!name || (await enterSecret(secrets, name)) === undefined) return;
  void vscode.window.showInformationMessage(`The secret ${name} is kept. Jobs get it where their settings name it.`);
}

export async function forgetSecret(secrets: EditorSecrets): Promise<void> {
  const names = secrets.names();
  if (names.length === 0) {
    void vscode.window.showInformationMessage("No secrets for jobs are kept.");
    return;
  }
  const picked = await vscode.window.showQuickPick([...names], {
    canPickMany: true,
    title: "Forget which? They will be asked for again.",
  });
  for (const name of picked ?? []) await secrets.delete(name);
}
