import * as vscode from "vscode";
import type { App } from "../../app";
import { clientFacts } from "../../core/client";
import { diagnosticsText } from "../../core/diagnostics";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import { registerCommand } from "../../platform/commands";
import { describeState } from "../hosts/stateWords";

/** The log, the diagnostics and the stored secrets. */
export function registerDiagnostics(app: App): Disposable {
  const store = new DisposableStore();
  store.add(registerCommand(app.log, "tensorline.showLog", () => app.log.show()));
  store.add(
    registerCommand(app.log, "tensorline.copyDiagnostics", async () => {
      await vscode.env.clipboard.writeText(await collect(app));
      void vscode.window.showInformationMessage(
        "Diagnostics copied. Host, user and folder names were removed; read them before you share them.",
      );
    }),
  );
  store.add(registerCommand(app.log, "tensorline.forgetSecrets", () => forgetSecrets(app)));
  return store;
}

async function collect(app: App): Promise<string> {
  const client = clientFacts();
  const entries = [...(await app.book.entries()), ...app.book.demoEntries()];
  const latencies = [...app.paintTimes.latencies()].sort((a, b) => a - b);
  const quantile = (q: number) => latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))];
  const seen = entries.map(({ ref }) => ({ ref, report: app.engine.gpus.latest(ref)?.report }));
  return diagnosticsText(
    {
      versions: {
        Tensorline: String(app.context.extension.packageJSON.version),
        "VS Code": vscode.version,
        Node: process.versions.node,
        client: client.os,
        window: vscode.env.remoteName ? `remote (${vscode.env.remoteName})` : "local",
      },
      hosts: seen.map(({ ref, report }) => ({
        name: ref.name,
        state: describeState(app.engine.state(ref), Date.now()) || "not connected",
        tools: report
          ? `${report.gpus.length} GPUs, driver ${report.system?.driverVersion ?? "–"}, ${report.system?.distribution ?? "–"}; ` +
            `warnings: ${report.warnings.map((warning) => warning.reason).join(", ") || "none"}`
          : "never seen",
      })),
      figures:
        latencies.length > 0
          ? { "sample to paint": `p50 ${quantile(0.5)} ms, p95 ${quantile(0.95)} ms over ${latencies.length} samples` }
          : {},
      log: app.log.recent(),
    },
    {
      hosts: entries.map(({ ref }) => ref.name),
      users: [
        client.user,
        ...seen.flatMap(({ report }) => report?.processes.flatMap((process) => process.user ?? []) ?? []),
      ],
      home: client.home,
    },
  );
}

async function forgetSecrets(app: App): Promise<void> {
  const names = app.secrets.names();
  if (names.length === 0) {
    void vscode.window.showInformationMessage("No passwords or passphrases are stored.");
    return;
  }
  const picked = await vscode.window.showQuickPick([...names], {
    canPickMany: true,
    title: "Forget which? They will be asked for again.",
  });
  for (const name of picked ?? []) await app.secrets.delete(name);
}
