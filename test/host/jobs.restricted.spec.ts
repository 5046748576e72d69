import * as assert from "node:assert/strict";
import * as vscode from "vscode";
import { waitFor } from "./harness/control";
import { spec } from "./harness/spec";

spec("nothing runs from a workspace that is not trusted, and it says so", async () => {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  const file = vscode.Uri.joinPath(folder.uri, "train.py");
  const run = vscode.commands.executeCommand("tensorline.runOnGpu", file);
  await vscode.commands.executeCommand("notifications.showList");
  const text = /train\.py was not run: this workspace is not trusted/;
  await waitFor({ selector: ".notifications-center .notification-list-item", text });
  await vscode.commands.executeCommand("notifications.clearAll");
  await run;
  assert.deepEqual(
    vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.filter(({ label }) => label.startsWith("Run "))),
    [],
  );
});
