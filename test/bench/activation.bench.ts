import * as vscode from "vscode";
import { ask } from "../host/harness/control";
import { spec } from "../host/harness/spec";

/** Our row of "Extension Activation Stats": eager, milliseconds to load the code, to call `activate`, to await it. */
const row = /^\| tensorline\.tensorline +\| \w+ +\| (\d+) +\| (\d+) +\| (\d+) +\|/m;

/** The match in VS Code's own "Startup Performance" document, as soon as it is filled in. */
function statistics(): Promise<RegExpExecArray> {
  return new Promise((resolve) => {
    const look = () => {
      for (const document of vscode.workspace.textDocuments) {
        const match = document.uri.scheme === "perf" ? row.exec(document.getText()) : null;
        if (!match) continue;
        for (const listener of listening) listener.dispose();
        resolve(match);
      }
    };
    const listening = [vscode.workspace.onDidOpenTextDocument(look), vscode.workspace.onDidChangeTextDocument(look)];
    look();
  });
}

spec("activation, as VS Code tells it", async () => {
  await vscode.extensions.getExtension("tensorline.tensorline")?.activate();
  await vscode.commands.executeCommand("perfview.show");
  const [, load, call, finish] = await statistics();
  await ask("activation", { loadMs: Number(load), activateMs: Number(call) + Number(finish) });
  await ask("versions", { vscode: vscode.version, node: process.versions.node });
});
