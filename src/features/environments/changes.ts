import type { App } from "../../app";
import { Failure } from "../../core/failure";
import { askWhere } from "./createForm";
import { madeBy, offerUse } from "./madeEnvironment";
import { runPlan } from "./operationRun";
import { confirmPlan } from "./planDialog";
import { type EnvironmentTarget, managerOf } from "./targets";

/** Makes a copy under another name. */
export async function cloneEnvironment(app: App, target: EnvironmentTarget): Promise<void> {
  const { manager, tool } = await managerOf(app, target);
  const { host, environment } = target;
  if (!manager.clone) throw new Failure({ reason: "environmentProtected", name: environment.name });
  const title = `Clone ${environment.name} on ${host.name}`;
  const where = await askWhere(app, host, title, `${environment.name}-copy`);
  if (!where) return;
  const plan = manager.clone(tool, environment, where);
  const question = `Clone ${environment.name} as ${where.name ?? where.prefix}`;
  const go = await confirmPlan(host, plan, { question, action: "Clone" });
  if (go && (await runPlan(app, host, plan))) await offerUse(app, host, await madeBy(app, host, plan, where));
}

/** Removes it, after a confirmation that names what goes. Never one of the system or of a manager itself. */
export async function deleteEnvironment(app: App, target: EnvironmentTarget): Promise<void> {
  const { manager, tool } = await managerOf(app, target);
  const { host, environment } = target;
  if (environment.isProtected || !manager.remove) {
    throw new Failure({ reason: "environmentProtected", name: environment.name });
  }
  const plan = manager.remove(tool, environment);
  const destroys = plan.destroys ?? `${environment.prefix} and everything in it`;
  const question = `Delete the environment ${environment.name}`;
  if (!(await confirmPlan(host, { ...plan, destroys }, { question, action: "Delete" }))) return;
  if (!(await runPlan(app, host, plan))) return;
  for (const use of ["workspace", "jobs"] as const) {
    if (app.selections.environment(host, use)?.prefix !== environment.prefix) continue;
    await app.selections.chooseEnvironment(host, use, undefined);
  }
}

export async function repairEnvironment(app: App, target: EnvironmentTarget): Promise<void> {
  const { manager, tool } = await managerOf(app, target);
  const { host, environment } = target;
  if (!manager.repair) throw new Failure({ reason: "environmentProtected", name: environment.name });
  const plan = manager.repair(tool, environment);
  if (await confirmPlan(host, plan, { question: `Repair the environment ${environment.name}`, action: "Repair" }))
    await runPlan(app, host, plan);
}
