import * as assert from "node:assert/strict";
import * as vscode from "vscode";
import { waitFor } from "./harness/control";
import { spec } from "./harness/spec";

spec("watching works in a workspace that is not trusted", async () => {
  assert.equal(vscode.workspace.isTrusted, false);
  await vscode.commands.executeCommand("tensorline.hosts.focus");
  await waitFor({ webview: "main.page", text: "Watch the GPUs of a Linux machine" });
  await vscode.commands.executeCommand("tensorline.tryDemo");
  await waitFor({ webview: 'main.page[data-layout="wide"]', text: /\d+ \/ 80 GB/ });
  await vscode.commands.executeCommand("tensorline.stopDemo");
});
