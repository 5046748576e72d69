import { posix } from "node:path";
import * as vscode from "vscode";
import type { SizeStep } from "../../core/tensors/trace/origin";
import { showReport } from "../environments/reports";
import type { TensorsFeature } from "./feature";
import { openPlace } from "./openPlace";
import type { LastTrace } from "./shapes";
import type { ShownShapes } from "./shownShapes";

/** Writes a trace to a file that the person chooses: Markdown to read, or JSON with all that is known. */
export async function exportTrace({ parts }: TensorsFeature, { trace }: LastTrace): Promise<void> {
  const name = `${posix.basename(trace.program, ".py").replace(/[^\w.-]/g, "_") || "run"}-shapes.md`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: "Export shape trace",
    filters: { Markdown: ["md"], JSON: ["json"] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
  if (!target) return;
  const { json, markdown } = parts().trace;
  const text = target.path.endsWith(".json") ? json(trace) : markdown(trace);
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
}

/** Follows the size under the cursor, or one of the variable there, through the lines of the last trace. */
export async function showOrigin(feature: TensorsFeature, last: LastTrace, shown: ShownShapes): Promise<void> {
  const size = await chosenSize(shown);
  if (size === undefined) return;
  const { originOf, originMarkdown, symbols } = feature.parts().trace;
  const origin = originOf(last.trace, size);
  const page = () => showReport(`Where ${size} comes from`, originMarkdown(origin, last.trace));
  if (origin.steps.length === 0) return page();
  const known = symbols(last.trace);
  const items = origin.steps.map((step) => ({
    label: `${step.value.name}: ${known.shape(step.value)}`,
    description: `${posix.basename(step.line.file)}:${step.line.line}`,
    detail: step.factors ? `${step.factors.join(" × ")} = ${size}` : step.line.function,
    step: step as SizeStep | undefined,
  }));
  const whole = { label: "$(book) Show all on a page", description: "", detail: "", step: undefined };
  const picked = await vscode.window.showQuickPick([...items, whole], {
    title: `Where ${size} comes from, in the order of the run`,
    matchOnDescription: true,
  });
  if (!picked) return;
  if (!picked.step) return page();
  const { file, line } = picked.step.line;
  await openPlace(feature, last.host, last.trace.folder, { file, line });
}

async function chosenSize(shown: ShownShapes): Promise<number | undefined> {
  const editor = vscode.window.activeTextEditor;
  const cursor = editor?.selection.active;
  const range = cursor && editor.document.getWordRangeAtPosition(cursor, /[\w.]+/);
  const word = range ? editor.document.getText(range) : "";
  if (/^\d{1,15}$/.test(word)) return Number(word);
  const line = editor && cursor ? shown.at(editor.document, cursor.line) : undefined;
  const named = line?.values.filter(({ name }) => name === word || name.endsWith(`.${word}`)) ?? [];
  const values = named.length > 0 ? named : (line?.values ?? []);
  const sizes = [...new Set(values.flatMap(({ most }) => most.flatMap((size) => size ?? [])))].filter(
    (size) => size > 1,
  );
  if (sizes.length === 1) return sizes[0];
  if (sizes.length > 1) {
    const picked = await vscode.window.showQuickPick(sizes.map(String), { title: "Where does which size come from?" });
    return picked === undefined ? undefined : Number(picked);
  }
  const typed = await vscode.window.showInputBox({
    title: "Where does a size come from?",
    prompt: "A size of a dimension in the last shape trace, such as 784",
    validateInput: (text) => (/^\d{1,15}$/.test(text.trim()) ? undefined : "A whole number"),
  });
  return typed === undefined ? undefined : Number(typed);
}
