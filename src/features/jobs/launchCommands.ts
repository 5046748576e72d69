import * as vscode from "vscode";
import { Failure } from "../../core/failure";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import { registerCommand } from "../../platform/commands";
import type { RunTarget } from "./codeTarget";
import { editorTarget } from "./editorTarget";
import type { JobsFeature } from "./feature";
import { startJob } from "./launch";
import { type KnownPresets, type Preset, readPresets } from "./presets";
import { isTrusted } from "./trust";

/** Running a file from the editor, the explorer, the palette and the code lens. */
export function registerLaunchCommands(feature: JobsFeature): Disposable {
  const store = new DisposableStore();
  const { app, parts, remembered } = feature;
  const on = <A extends readonly unknown[]>(id: `tensorline.${string}`, run: (...args: A) => unknown) =>
    store.add(registerCommand(app.log, id, run));

  /** The file with what was chosen for it last. */
  const known = async (uri: vscode.Uri | undefined) => {
    if (!(await isTrusted(uri ? nameOf(uri) : "The file"))) return undefined;
    const target = await editorTarget(uri);
    const settings = target && remembered.settings(target.key);
    return target && { target: { ...target, settings: settings ?? target.settings }, isNew: settings === undefined };
  };

  on("tensorline.runOnGpu", async (uri?: vscode.Uri) => {
    const found = await known(uri);
    if (found) await parts.openForm(found.isNew ? await onLastHost(feature, found.target) : found.target);
  });
  on("tensorline.runOnGpuAgain", async (uri?: vscode.Uri) => {
    const found = await known(uri);
    // The exact command is shown before the first run.
    if (found?.isNew) await parts.openForm(await onLastHost(feature, found.target));
    else if (found) await startJob(feature, found.target);
  });
  on("tensorline.runWithPreset", async (name?: unknown) => {
    if (!(await isTrusted("The preset"))) return;
    const preset = await pickPreset(await readPresets(feature), typeof name === "string" ? name : undefined);
    if (!preset) return;
    const target = presetTarget(preset);
    if (remembered.settings(target.key)) await startJob(feature, target);
    else await parts.openForm(target);
  });
  return store;
}

const nameOf = ({ path }: vscode.Uri): string => path.split("/").at(-1) ?? path;

/** A file that never ran is offered the host where something ran last, while there is such a host. */
async function onLastHost({ app, remembered }: JobsFeature, target: RunTarget): Promise<RunTarget> {
  if (target.settings.host !== undefined) return target;
  const entries = [...(await app.book.entries()), ...app.book.demoEntries()];
  const host = remembered.lastHosts().find((name) => entries.some(({ ref }) => ref.name === name));
  return host === undefined ? target : { ...target, settings: { ...target.settings, host } };
}

/** @throws Failure `presetUnknown`, `codeUnreachable` */
export function presetTarget({ name, settings, folder }: Preset): RunTarget {
  const place = folder ?? vscode.workspace.workspaceFolders?.[0];
  if (!place) {
    throw new Failure({ reason: "codeUnreachable", path: settings.program, why: "no folder is open" });
  }
  const named = { ...settings, name: settings.name ?? name };
  return { place: { kind: "client", folder: place.uri.fsPath }, settings: named, key: `preset:${name}` };
}

async function pickPreset(known: KnownPresets, name: string | undefined): Promise<Preset | undefined> {
  const { presets } = known;
  if (name !== undefined) {
    const found = presets.find((preset) => preset.name === name);
    if (found) return found;
    throw new Failure({ reason: "presetUnknown", name, known: presets.map((preset) => preset.name) });
  }
  if (presets.length === 0) {
    if (known.isPartial) return undefined;
    const text = "No preset is defined. The form of “Run on GPU…” saves what you chose as one.";
    void vscode.window.showInformationMessage(text);
    return undefined;
  }
  const items = presets.map((preset) => ({
    label: preset.name,
    description: [preset.settings.program, preset.settings.arguments, preset.settings.host].filter(Boolean).join(" · "),
    preset,
  }));
  return (await vscode.window.showQuickPick(items, { title: "Run which preset?", matchOnDescription: true }))?.preset;
}
