import * as vscode from "vscode";
import type { Problem } from "../../core/failure";
import { Failure } from "../../core/failure";
import { sentence } from "../../core/words";
import type { JobPresets, JobSettings } from "../../shared/jobSettings";
import type { JobsFeature } from "./feature";

/** Settings by name, and where they stand. */
export interface Preset {
  readonly name: string;
  readonly settings: JobSettings;
  /** The folder whose `.tensorline/jobs.json` has it; absent: the user's own settings. */
  readonly folder?: vscode.WorkspaceFolder;
}

const setting = "tensorline.jobs.presets";

const fileOf = (folder: vscode.WorkspaceFolder) => vscode.Uri.joinPath(folder.uri, ".tensorline", "jobs.json");

export interface KnownPresets {
  /** Those of the trusted workspace first. */
  readonly presets: readonly Preset[];
  /** Some have a mistake and are left out. */
  readonly isPartial: boolean;
}

/** What cannot be read is said, the others work. */
export async function readPresets(feature: JobsFeature): Promise<KnownPresets> {
  const presets: Preset[] = [];
  let isPartial = false;
  for (const folder of vscode.workspace.isTrusted ? (vscode.workspace.workspaceFolders ?? []) : []) {
    const file = fileOf(folder);
    const text = await textOf(file);
    if (text === undefined) continue;
    const found = feature.parts.readPresets(text, file.fsPath);
    isPartial ||= found.problems.length > 0;
    tellProblems(found.problems, "Open File", () => vscode.commands.executeCommand("vscode.open", file));
    presets.push(...named(found.presets).map((preset) => ({ ...preset, folder })));
  }
  const own = feature.parts.readPresets(JSON.stringify(feature.app.settings.jobPresets()), setting);
  const openSettings = () => vscode.commands.executeCommand("workbench.action.openSettings", setting);
  tellProblems(own.problems, "Open Settings", openSettings);
  return { presets: [...presets, ...named(own.presets)], isPartial: isPartial || own.problems.length > 0 };
}

const named = (presets: JobPresets) => Object.entries(presets).map(([name, settings]) => ({ name, settings }));

/** One sentence for all that is wrong in one place. */
function tellProblems(problems: readonly Problem[], fix: string, open: () => unknown): void {
  const [first, ...more] = problems;
  if (!first) return;
  const text =
    sentence(first) +
    (more.length === 0 ? "" : ` There ${more.length === 1 ? "is 1" : `are ${more.length}`} more like it.`);
  void vscode.window.showErrorMessage(text, fix).then((answer) => answer === fix && open());
}

/** Asks where to keep it and under which name. @throws Failure `presetsUnreadable`: what is not understood is not overwritten */
export async function savePreset({ app, parts }: JobsFeature, settings: JobSettings): Promise<void> {
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
  const known = place.folder ? await presetsIn(place.folder, parts) : app.settings.jobPresets();
  if (Object.hasOwn(known, name) && !(await askToReplace(name, place.label))) return;
  const all = { ...known, [name]: settings };
  if (place.folder) await writeText(fileOf(place.folder), `${JSON.stringify(all, undefined, 2)}\n`);
  else await app.settings.setJobPresets(all);
  void vscode.window.showInformationMessage(`The preset ${name} is kept in ${place.label}.`);
}

async function askToReplace(name: string, place: string): Promise<boolean> {
  const replace = "Replace";
  const question = `Replace the preset ${name} in ${place}?`;
  return (await vscode.window.showWarningMessage(question, { modal: true }, replace)) === replace;
}

/** All that stands in the file, also what has a mistake. @throws Failure `presetsUnreadable` where that is no object */
async function presetsIn(folder: vscode.WorkspaceFolder, parts: JobsFeature["parts"]): Promise<object> {
  const file = fileOf(folder);
  const { all, problems } = parts.readPresets((await textOf(file)) ?? "{}", file.fsPath);
  const [first] = problems;
  if (!all && first) throw new Failure(first);
  return all ?? {};
}

const writeText = (file: vscode.Uri, text: string) =>
  vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));

async function textOf(file: vscode.Uri): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch {
    return undefined;
  }
}
