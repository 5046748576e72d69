import * as vscode from "vscode";
import type { App } from "../../app";
import type { CreateWish } from "../../core/environments/manager";
import type { Survey } from "../../core/environments/survey";
import { Failure } from "../../core/failure";
import type { HostRef } from "../../core/ports";
import type { Environment, ProjectFolder } from "../../shared/environments";
import { createChoices, nameOrPrefix, type PackageWish, packageWish, pythonChoices } from "./createChoices";
import { madeBy, offerUse } from "./madeEnvironment";
import { runPlan } from "./operationRun";
import { confirmPlan } from "./planDialog";
import { homeOf } from "./remoteFacts";
import { environmentFiles } from "./rows";
import { type ManagerAtHand, surveyOf } from "./targets";

/** Asks what to create, shows the commands, and runs them. */
export async function createEnvironment(app: App, host: HostRef): Promise<void> {
  const survey = await surveyOf(app, host);
  const chosen = await pickManager(app, host, survey);
  if (!chosen) return;
  const title = `Create an environment on ${host.name}`;
  const where = await askWhere(app, host, title, "");
  if (!where) return;
  const python = await pickPython(survey, chosen, title);
  if (python === undefined) return;
  const content = await askContent(survey, title);
  if (!content) return;
  const wish = { ...where, ...(python === "" ? {} : { python }), ...content };
  await offerUse(app, host, await create(app, host, chosen, wish));
}

/** The same from the files of a project folder: most is known. */
export async function createFromProject(app: App, host: HostRef, project: ProjectFolder): Promise<void> {
  const survey = await surveyOf(app, host);
  const title = `Create an environment for ${project.path}`;
  const files = environmentFiles.filter((file) => project.files.includes(file));
  const file =
    files.length > 1 ? await vscode.window.showQuickPick(files, { title: `${title}: from which file?` }) : files[0];
  if (file === undefined) return;
  const chosen = await pickManager(app, host, survey, file);
  if (!chosen) return;
  const isNamed = /conda|mamba/.test(chosen.manager.id);
  const name = project.path.split("/").filter(Boolean).at(-1) ?? "";
  const where = await askWhere(app, host, title, isNamed ? name : `${project.path}/.venv`);
  if (!where) return;
  const wish = { ...where, packages: [], file: `${project.path}/${file}` };
  await offerUse(app, host, await create(app, host, chosen, wish));
}

/** Shows the plan and runs it; the environment that there is now. */
export async function create(
  app: App,
  host: HostRef,
  { manager, tool }: ManagerAtHand,
  wish: CreateWish,
  why?: string,
): Promise<Environment | undefined> {
  if (!manager.create) throw new Failure({ reason: "managerMissing", host: host.name, manager: manager.label });
  const plan = manager.create(tool, wish);
  const question = `Create the environment ${wish.name ?? wish.prefix}`;
  const go = await confirmPlan(host, plan, { question, action: "Create", ...(why === undefined ? {} : { why }) });
  return go && (await runPlan(app, host, plan)) ? madeBy(app, host, plan, wish) : undefined;
}

/** Those managers whose program the host has; the one that fits the file first. */
async function pickManager(app: App, host: HostRef, survey: Survey, file?: string): Promise<ManagerAtHand | undefined> {
  const choices = createChoices(app.engine.environments.parts().managers, survey.tools, file);
  if (choices.length === 0) throw new Failure({ reason: "managerMissing", host: host.name, manager: "Python" });
  const items = choices.map(({ manager, tool }) => ({ label: manager.label, description: tool, manager, tool }));
  return vscode.window.showQuickPick(items, { title: "Create it with what?", matchOnDescription: true });
}

export async function askWhere(
  app: App,
  host: HostRef,
  title: string,
  value: string,
): Promise<Pick<CreateWish, "name" | "prefix" | "place"> | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt: "A name, or the folder it gets on the host",
    placeHolder: "train, ~/project/.venv or /data/envs/train",
    value,
    ignoreFocusOut: true,
    validateInput: (typed) => (typed.trim() === "" ? "A name or a folder is needed." : undefined),
  });
  if (text === undefined) return undefined;
  const home = await homeOf(app, host);
  return { ...nameOrPrefix(text.trim(), home), place: `${home}/.virtualenvs` };
}

/** The wanted version; empty: the manager's own choice. */
async function pickPython(
  survey: Survey,
  { manager, tool }: ManagerAtHand,
  title: string,
): Promise<string | undefined> {
  const items = pythonChoices(survey.tools, manager.id, tool);
  const picked = await vscode.window.showQuickPick(items, { title: `${title}: which Python?` });
  return picked?.version;
}

async function askContent(survey: Survey, title: string): Promise<(PackageWish & { file?: string }) | undefined> {
  const files = survey.report.projects.flatMap(({ path, files }) =>
    files.filter((file) => environmentFiles.includes(file)).map((file) => `${path}/${file}`),
  );
  const items: (vscode.QuickPickItem & { content: "none" | "packages" | { file: string } })[] = [
    { label: "Nothing but Python", content: "none" },
    { label: "Packages…", description: "by name", content: "packages" },
    ...files.map((file) => ({ label: file.split("/").at(-1) ?? file, description: file, content: { file } })),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: `${title}: with what in it?`,
    matchOnDescription: true,
  });
  if (!picked) return undefined;
  if (picked.content === "none") return { packages: [] };
  if (picked.content !== "packages") return { packages: [], file: picked.content.file };
  return askPackages(`${title}: packages`);
}

/** Names with or without versions, as the manager understands them, and where to take them from. */
export async function askPackages(title: string): Promise<PackageWish | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt:
      "Names, separated by spaces. --index-url ADDRESS may follow, or --find-links FOLDER: then nothing is fetched",
    placeHolder: "numpy torch==2.13.0 transformers>=5",
    ignoreFocusOut: true,
    validateInput(typed) {
      const wish = packageWish(typed);
      return "wrong" in wish ? wish.wrong : undefined;
    },
  });
  const wish = text === undefined ? undefined : packageWish(text);
  return wish && "packages" in wish ? wish : undefined;
}
