import * as vscode from "vscode";

const uiThemes = { light: "vs", dark: "vs-dark", highContrast: "hc-black", highContrastLight: "hc-light" } as const;

/** Sets the colour theme that VS Code itself offers first for the kind, and waits until the workbench wears it. */
export async function setTheme(kind: keyof typeof uiThemes): Promise<void> {
  const builtIn = vscode.extensions.getExtension("vscode.theme-defaults");
  const themes: { id: string; uiTheme: string }[] = builtIn?.packageJSON.contributes.themes ?? [];
  const theme = themes.find(({ uiTheme }) => uiTheme === uiThemes[kind]);
  if (!theme) throw new Error(`This VS Code brings no ${kind} theme.`);
  const configuration = vscode.workspace.getConfiguration("workbench");
  if (configuration.get("colorTheme") === theme.id) return;
  const worn = new Promise<void>((resolve) => {
    const listener = vscode.window.onDidChangeActiveColorTheme(() => {
      listener.dispose();
      resolve();
    });
  });
  await configuration.update("colorTheme", theme.id, vscode.ConfigurationTarget.Global);
  await worn;
}
