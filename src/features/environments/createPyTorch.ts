import * as vscode from "vscode";
import type { App } from "../../app";
import type { HostRef } from "../../core/ports";
import { askWhere, create, pickManager } from "./createForm";
import { verifyEnvironment } from "./inspect";
import { surveyOf, toolkitsOf } from "./targets";

/** Creates an environment with the PyTorch that fits the host, and tries it on its GPUs. */
export async function createPyTorch(app: App, host: HostRef): Promise<void> {
  const survey = await surveyOf(app, host);
  const torch = app.engine.environments.parts().planPyTorch(await toolkitsOf(app, host), survey);
  if (torch.packages.length === 0) {
    void vscode.window.showWarningMessage(`No PyTorch fits ${host.name}: ${torch.why}`);
    return;
  }
  const chosen = await pickManager(app, host, survey, "requirements.txt");
  if (!chosen) return;
  const where = await askWhere(app, host, `Create a PyTorch environment on ${host.name}`, "torch");
  if (!where) return;
  const { packages, indexUrl, python, why, rows } = torch;
  const wish = { ...where, packages, ...(indexUrl ? { indexUrl } : {}), ...(python ? { python } : {}) };
  const because = [why, ...rows.map(({ text, source, date }) => `“${text}” (${source}, read ${date})`)].join("\n");
  const plan = await create(app, host, chosen, wish, because);
  if (!plan) return;
  const signal = new AbortController().signal;
  const { survey: now } = await app.engine.environments.refresh(host, signal, true);
  const environment = now?.report.environments.find(({ prefix, name }) =>
    plan.prefix === undefined ? name === where.name : prefix === plan.prefix,
  );
  if (environment) await verifyEnvironment(app, { host, environment });
}
