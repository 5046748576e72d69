import * as vscode from "vscode";

/** A path on the host: absolute, below the home folder, or with `~`. */
export async function askRemotePath(title: string, prompt: string, value: string): Promise<string | undefined> {
  const path = await vscode.window.showInputBox({
    title,
    prompt,
    value,
    valueSelection: [value.length, value.length],
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === "" ? "A path is needed, such as ~/project." : undefined),
  });
  return path?.trim() || undefined;
}
