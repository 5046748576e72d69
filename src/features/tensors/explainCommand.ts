import * as vscode from "vscode";
import type { TensorsFeature } from "./feature";

/** Explains what is selected in the editor, else what was copied. */
export async function explainSelection(feature: TensorsFeature): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const selected = editor && !editor.selection.isEmpty ? editor.document.getText(editor.selection) : undefined;
  const text = selected ?? (await vscode.env.clipboard.readText());
  explain(feature, text, selected === undefined ? "what you copied" : "the selected text");
}

/** Explains what is selected in the terminal in front. What was copied before stays copied. */
export async function explainTerminalSelection(feature: TensorsFeature): Promise<void> {
  const copied = await vscode.env.clipboard.readText();
  let text: string;
  try {
    await vscode.commands.executeCommand("workbench.action.terminal.copySelection");
    text = await vscode.env.clipboard.readText();
  } finally {
    await vscode.env.clipboard.writeText(copied);
  }
  explain(feature, text, "the selected text");
}

function explain(feature: TensorsFeature, text: string, what: string): void {
  const explanation = feature.parts().explainer.text(text);
  if (explanation) feature.show({ explanation, context: { records: [] } });
  else void vscode.window.showInformationMessage(`There is nothing about tensors in ${what}.`);
}
