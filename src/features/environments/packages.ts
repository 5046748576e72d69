import * as vscode from "vscode";
import type { App } from "../../app";
import { Failure } from "../../core/failure";
import { withLateProgress } from "../../platform/progress";
import type { Package } from "../../shared/environments";
import { askPackages } from "./createForm";
import { packageText } from "./environmentWords";
import { runPlan } from "./operationRun";
import { confirmPlan } from "./planDialog";
import { type EnvironmentTarget, managerOf } from "./targets";

/** Newer versions by package name. */
type Newer = ReadonlyMap<string, string>;

/** All packages with their versions; what is newer is asked for only on demand. */
export async function showPackages(app: App, target: EnvironmentTarget, newer?: Newer): Promise<void> {
  const packages = await packagesOf(app, target);
  const title = `${packages.length} packages of ${target.environment.name} on ${target.host.name}`;
  const check = {
    label: "$(cloud-download) Check for newer versions",
    description: "asks the package index",
    alwaysShow: true,
  };
  const items: vscode.QuickPickItem[] = packages.map((one) => packageItem(one, newer));
  const { manager } = await managerOf(app, target).catch(() => ({ manager: undefined }));
  const canCheck = manager?.outdated !== undefined && !newer;
  const picked = await vscode.window.showQuickPick(canCheck ? [check, ...items] : items, {
    title,
    matchOnDescription: true,
  });
  if (picked === check) return showPackages(app, target, await newerOf(app, target));
}

function packageItem(one: Package, newer: Newer | undefined): vscode.QuickPickItem {
  const latest = newer?.get(one.name.toLowerCase());
  const parts = [packageText(one).slice(one.name.length + 1), latest && `→ ${latest}`, one.channel];
  return { label: one.name, description: parts.filter(Boolean).join("  ") };
}

const packagesOf = async (app: App, { host, environment }: EnvironmentTarget): Promise<readonly Package[]> => {
  const packages = await withLateProgress(`Reading the packages of ${environment.name}`, (signal) =>
    app.engine.environments.packages(host, environment, signal),
  );
  return [...packages].sort((a, b) => a.name.localeCompare(b.name, "en"));
};

async function newerOf(app: App, target: EnvironmentTarget): Promise<Newer> {
  const { manager, tool } = await managerOf(app, target);
  const query = manager.outdated?.(tool, target.environment);
  if (!query) return new Map();
  const what = `looking for newer packages of ${target.environment.name}`;
  const found = await withLateProgress(`Looking for newer packages of ${target.environment.name}`, (signal) =>
    app.engine.environments.use(target.host, signal, (runner) =>
      runner.run(
        {
          what,
          argv: query.argv,
          deadlineMs: 120_000,
          parse({ stdout, stderr, exitCode }) {
            if (exitCode !== 0) throw new Failure({ reason: "commandFailed", what, exitCode, detail: stderr });
            return query.parse(stdout);
          },
        },
        signal,
      ),
    ),
  );
  return new Map(found.map(({ name, latest }) => [name.toLowerCase(), latest]));
}

/** Installs what the person names; `upgrade` where it is there already. */
export async function installPackages(app: App, target: EnvironmentTarget, upgrade: boolean): Promise<void> {
  const { manager, tool } = await managerOf(app, target);
  const { host, environment } = target;
  if (!manager.install) throw new Failure({ reason: "environmentProtected", name: environment.name });
  const wish = upgrade
    ? { packages: (await pickPackages(app, target, "Upgrade which packages?")) ?? [], upgrade }
    : await askPackages(`Install packages into ${environment.name} on ${host.name}`);
  if (!wish || wish.packages.length === 0) return;
  const plan = manager.install(tool, environment, wish);
  const action = upgrade ? "Upgrade" : "Install";
  const question = `${action} ${someOf(wish.packages)} in ${environment.name}`;
  if (await confirmPlan(host, plan, { question, action })) await runPlan(app, host, plan);
}

export async function uninstallPackages(app: App, target: EnvironmentTarget): Promise<void> {
  const { manager, tool } = await managerOf(app, target);
  const { host, environment } = target;
  if (!manager.uninstall) throw new Failure({ reason: "environmentProtected", name: environment.name });
  const packages = await pickPackages(app, target, "Uninstall which packages?");
  if (!packages || packages.length === 0) return;
  const plan = manager.uninstall(tool, environment, packages);
  const question = `Uninstall ${someOf(packages)} from ${environment.name}`;
  if (await confirmPlan(host, plan, { question, action: "Uninstall" })) await runPlan(app, host, plan);
}

const someOf = (packages: readonly string[]): string =>
  packages.length > 3 ? `${packages.length} packages` : packages.join(", ");

async function pickPackages(app: App, target: EnvironmentTarget, title: string): Promise<string[] | undefined> {
  const packages = await packagesOf(app, target);
  const items = packages.map((one) => packageItem(one, undefined));
  const picked = await vscode.window.showQuickPick(items, { title, canPickMany: true, ignoreFocusOut: true });
  return picked?.map(({ label }) => label);
}
