import * as vscode from "vscode";
import { Failure } from "../../core/failure";
import type { Disposable } from "../../core/lifecycle";
import type { RunTarget } from "./codeTarget";
import type { JobsFeature } from "./feature";
import { presetTarget } from "./launchCommands";
import { readPresets } from "./presets";
import { taskSettings } from "./taskSettings";
import { createTaskTerminal } from "./taskTerminal";

const type = "tensorline";
const matchers = ["$tensorline-python", "$tensorline-python-marked"];

/** Tasks of type `tensorline`: those of `tasks.json`, and one for each preset. */
export function registerTasks(feature: JobsFeature): Disposable {
  return vscode.tasks.registerTaskProvider(type, {
    async provideTasks() {
      const { presets } = await readPresets(feature);
      return presets.map(({ name, folder }) =>
        taskOf(feature, { type, preset: name }, folder ?? vscode.TaskScope.Workspace, name),
      );
    },
    resolveTask: (task) => taskOf(feature, task.definition, task.scope ?? vscode.TaskScope.Workspace, task.name),
  });
}

function taskOf(
  feature: JobsFeature,
  definition: vscode.TaskDefinition,
  scope: vscode.WorkspaceFolder | vscode.TaskScope,
  name: string,
): vscode.Task {
  const execution = new vscode.CustomExecution(async (resolved) =>
    createTaskTerminal(feature, { name, target: () => targetOf(feature, resolved, scope, name) }),
  );
  return new vscode.Task(definition, scope, name, "Tensorline", execution, matchers);
}

/** @throws Failure `jobUnusable` where the task says too little or too much */
async function targetOf(
  feature: JobsFeature,
  definition: vscode.TaskDefinition,
  scope: vscode.WorkspaceFolder | vscode.TaskScope,
  name: string,
): Promise<RunTarget> {
  if (!vscode.workspace.isTrusted) {
    throw new Failure({ reason: "jobUnusable", name, why: "this workspace is not trusted" });
  }
  const presets = definition.preset === undefined ? [] : (await readPresets(feature)).presets;
  const known = Object.fromEntries(presets.map((preset) => [preset.name, preset.settings]));
  const settings = taskSettings(definition, known);
  if ("why" in settings) throw new Failure({ reason: "jobUnusable", name, why: settings.why });
  const folder = typeof scope === "object" ? scope : undefined;
  const target = presetTarget({ name, settings, ...(folder ? { folder } : {}) });
  return { ...target, key: `task:${name}` };
}
