import * as vscode from "vscode";
import type { App } from "../../app";
import type { TorchPlan } from "../../core/environments/compatibility/plan";
import type { Survey } from "../../core/environments/survey";
import { Failure } from "../../core/failure";
import type { HostRef } from "../../core/ports";
import { askWhere, create } from "./createForm";
import { verifyEnvironment } from "./inspect";
import { toolOf } from "./rows";
import { surveyOf, toolkitsOf } from "./targets";
import { describeGrade } from "./verdictWords";

/** Creates an environment with the PyTorch that fits the host, and tries it on its GPUs. */
export async function createPyTorch(app: App, host: HostRef): Promise<void> {
  const { environments } = app.engine;
  const survey = await surveyOf(app, host);
  const { managers, planPyTorch } = environments.parts();
  const creators = managers.filter((manager) => manager.create && toolOf(manager, survey.tools) !== undefined);
  const wish = { pythons: pythonsOf(survey), managers: creators.map(({ id }) => id) };
  const torch = planPyTorch(await toolkitsOf(app, host), wish, survey.machine);
  if (torch.kind === "none") return sayNone(host, torch.why, torch.alternatives);
  const manager = creators.find(({ id }) => id === torch.manager);
  const tool = toolOf(manager, survey.tools);
  if (!manager || tool === undefined) {
    throw new Failure({ reason: "managerMissing", host: host.name, manager: torch.manager });
  }
  const where = await askWhere(app, host, `Create a PyTorch environment on ${host.name}`, "torch");
  if (!where) return;
  const made = await create(app, host, { manager, tool }, { ...where, ...wishOf(torch) }, whyText(torch));
  if (made) await verifyEnvironment(app, { host, environment: made });
}

/** `3.12` of each Python that environments can be made with. */
function pythonsOf({ tools }: Survey): string[] {
  return Object.keys(tools).flatMap((name) => /^python(3\.\d+)$/.exec(name)?.[1] ?? []);
}

const wishOf = ({ packages, python, indexUrl, offlineFolder }: TorchPlan) => ({
  packages,
  ...(python === undefined ? {} : { python }),
  ...(indexUrl === undefined ? {} : { indexUrl }),
  ...(offlineFolder === undefined ? {} : { offlineFolder }),
});

function whyText({ why, rows, verdictAfter, alternatives }: TorchPlan): string {
  return [
    ...why,
    ...(verdictAfter.grade === "works"
      ? []
      : [`${verdictAfter.subject} ${describeGrade(verdictAfter.grade)}: ${verdictAfter.why}`]),
    ...rows.map(({ text, source, date }) => `“${text}” (${new URL(source).hostname}, read ${date})`),
    ...alternatives,
  ].join("\n");
}

function sayNone(host: HostRef, why: readonly string[], alternatives: readonly string[]): void {
  const detail = [...why, ...alternatives].join("\n");
  void vscode.window.showWarningMessage(`No PyTorch can be set up on ${host.name} as it is.`, { modal: true, detail });
}
