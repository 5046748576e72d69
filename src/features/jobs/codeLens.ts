import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import type { JobsFeature } from "./feature";
import { mainLines } from "./mainLine";

/** `Run on GPU…` and `Run again` over the place where a Python file begins as a program. */
export function registerCodeLens({ app, remembered, watcher }: JobsFeature): Disposable {
  const store = new DisposableStore();
  const change = store.add(new vscode.EventEmitter<void>());
  store.add(app.settings.onJobCodeLens(() => change.fire()));
  // A file that was run has another lens.
  store.add(watcher.onChange(() => change.fire()));
  const provider = vscode.languages.registerCodeLensProvider(
    { language: "python" },
    {
      onDidChangeCodeLenses: change.event,
      provideCodeLenses(document) {
        if (!app.settings.jobCodeLens()) return [];
        const isKnown = remembered.settings(document.uri.fsPath) !== undefined;
        const commands = [
          command("tensorline.runOnGpu", "$(play) Run on GPU…", document.uri),
          ...(isKnown ? [command("tensorline.runOnGpuAgain", "Run on GPU Again", document.uri)] : []),
        ];
        return mainLines(document.getText()).flatMap((line) =>
          commands.map((one) => new vscode.CodeLens(new vscode.Range(line, 0, line, 0), one)),
        );
      },
    },
  );
  store.add(provider);
  return store;
}

const command = (id: string, title: string, uri: vscode.Uri): vscode.Command => ({
  command: id,
  title,
  arguments: [uri],
});
