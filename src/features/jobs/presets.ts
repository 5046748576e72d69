import * as vscode from "vscode";
import type { Problem } from "../../core/failure";
import { Failure } from "../../core/failure";
import { showProblem } from "../../platform/problems";
import type { JobSettings } from "../../shared/jobSettings";
import type { JobsFeature } from "./feature";

/** Settings by name, and where they stand. */
export interface Preset {
  readonly name: string;
  readonly settings: JobSettings;
  /** The folder whose `.tensorline/jobs.json` has it; absent: the user's own settings. */
  readonly folder?: vscode.WorkspaceFolder;
}

const fileOf = (folder: vscode.WorkspaceFolder) => vscode.Uri.joinPath(folder.uri, ".tensorline", "jobs.json");

/** Those of the trusted workspace first. What cannot be read is said, the others work. */
export async function readPresets(feature: JobsFeature): Promise<readonly Preset[]> {
  const problems: Problem[] = [];
  const read = (text: string, file: string): readonly Omit<Preset, "folder">[] => {
    const found = feature.parts.readPresets(text, file);
    problems.push(...found.problems);
    return Object.entries(found.presets).map(([name, settings]) => ({ name, settings }));
  };
  const presets: Preset[] = [];
  for (const folder of vscode.workspace.isTrusted ? (vscode.workspace.workspaceFolders ?? []) : []) {
    const text = await textOf(fileOf(folder));
    if (text !== undefined) presets.push(...read(text, fileOf(folder).fsPath).map((one) => ({ ...one, folder })));
  }
  presets.push(...read(JSON.stringify(feature.app.settings.jobPresets()), "tensorline.jobs.presets"));
  const [first] = problems;
  if (first) void showProblem(new Failure(first));
  return presets;
}

/** Asks where to keep it and under which name. */
export async function savePreset({ app }: JobsFeature, settings: JobSettings): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: "Save as preset",
    prompt: "Its name",
    value: settings.name ?? settings.program,
    validateInput: (text) => (text.trim() === "" ? "A name is needed" : undefined),
  });
  if (!name) return;
  const folders = vscode.workspace.isTrusted ? (vscode.workspace.workspaceFolders ?? []) : [];
  const own = { label: "My settings", description: "in every workspace", folder: undefined };
  const places = folders.map((folder) => ({
    label: `${folder.name}/.tensorline/jobs.json`,
    description: "for everybody who has this folder",
    folder,
  }));
  const place =
    places.length === 0 ? own : await vscode.window.showQuickPick([...places, own], { title: "Where to keep it?" });
  if (!place) return;
  if (place.folder) await saveInFile(place.folder, name, settings);
  else await app.settings.setJobPresets({ ...app.settings.jobPresets(), [name]: settings });
  void vscode.window.showInformationMessage(`The preset ${name} is kept in ${place.label}.`);
}

/** @throws Failure `presetsUnreadable`: a file that is not understood is not overwritten */
async function saveInFile(folder: vscode.WorkspaceFolder, name: string, settings: JobSettings): Promise<void> {
  const file = fileOf(folder);
  let all: unknown;
  try {
    all = JSON.parse((await textOf(file)) ?? "{}");
  } catch (error) {
    throw new Failure({ reason: "presetsUnreadable", file: file.fsPath, detail: String(error) });
  }
  const text = `${JSON.stringify({ ...(all as object), [name]: settings }, undefined, 2)}\n`;
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
}

async function textOf(file: vscode.Uri): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch {
    return undefined;
  }
}
