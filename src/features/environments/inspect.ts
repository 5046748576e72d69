import * as vscode from "vscode";
import type { App } from "../../app";
import { systemClock } from "../../core/clock";
import type { ExportFormat } from "../../core/environments/manager";
import { Failure } from "../../core/failure";
import { withLateProgress } from "../../platform/progress";
import { sizeText } from "../files/transferText";
import { showReport } from "./reports";
import { selfTestText } from "./selfTestText";
import { type EnvironmentTarget, managerOf } from "./targets";

/** What the environment takes on the host's disk, counted now. */
export async function showSize(app: App, { host, environment }: EnvironmentTarget): Promise<void> {
  const bytes = await withLateProgress(`Measuring ${environment.name} on ${host.name}`, (signal) =>
    app.engine.environments.use(host, signal, (runner, parts) =>
      parts.environmentSize(runner, environment.prefix, signal),
    ),
  );
  void vscode.window.showInformationMessage(
    `${environment.name} takes ${sizeText(bytes)} on ${host.name}: ${environment.prefix}`,
  );
}

/** Its description in one of the manager's formats, in an editor of its own. */
export async function exportEnvironment(app: App, target: EnvironmentTarget): Promise<void> {
  const { manager, tool } = await managerOf(app, target);
  const formats = manager.exports ?? [];
  const format = formats.length > 1 ? await pickFormat(formats) : formats[0];
  if (!format) return;
  const { host, environment } = target;
  const what = `exporting ${environment.name}`;
  const content = await withLateProgress(`Exporting ${environment.name} from ${host.name}`, (signal) =>
    app.engine.environments.use(host, signal, (runner) =>
      runner.run(
        {
          what,
          argv: format.argv(tool, environment),
          deadlineMs: 120_000,
          parse({ stdout, stderr, exitCode }) {
            if (exitCode !== 0) throw new Failure({ reason: "commandFailed", what, exitCode, detail: stderr });
            return stdout;
          },
        },
        signal,
      ),
    ),
  );
  await showText(content, /\.ya?ml$/.test(format.file) ? "yaml" : "plaintext");
}

async function pickFormat(formats: readonly ExportFormat[]): Promise<ExportFormat | undefined> {
  const items = formats.map((format) => ({ label: format.file, format }));
  return (await vscode.window.showQuickPick(items, { title: "Export as what?" }))?.format;
}

/** Tries the environment on the host's GPUs and shows what was seen. */
export async function verifyEnvironment(app: App, { host, environment }: EnvironmentTarget): Promise<void> {
  const { environments } = app.engine;
  const report = await withLateProgress(`Testing ${environment.name} on ${host.name}`, (signal, say) =>
    environments.use(host, signal, (runner, parts) => {
      const overlay = parts.overlay(environment, app.selections.toolkit(host));
      return parts.selfTest(runner, environment, { overlay, clock: systemClock }, signal, (news) => {
        if (news.kind === "started") say(news.step);
      });
    }),
  );
  await showReport(`Self-test of ${environment.name} on ${host.name}`, selfTestText(host.name, environment, report));
}

async function showText(content: string, language: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ content, language });
  await vscode.window.showTextDocument(document, { preview: true });
}
