import * as vscode from "vscode";
import { click, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";
import { chooseInMenu, row } from "./workbench";

const sidebar = 'main.page[data-layout="narrow"]';

spec("a login node is marked from its row, is not sampled then, and can be sampled once", async () => {
  await vscode.commands.executeCommand("tensorline.tryDemo");
  await waitFor(row("mi300"));
  await click(row("mi300"), { button: "right" });
  await chooseInMenu("Mark as Login Node");
  await waitFor(row(/mi300.*login node, not sampled/));
  await click(row("mi300"));
  // With or without readings of before.
  const resting = /mi300 is marked as a login node|Login node: read only when you ask/;
  await waitFor({ webview: sidebar, text: resting });
  await screenshot("login-node", { width: 1280, height: 900 });
  await click({ webview: sidebar, role: "button", name: "Sample once" });
  await waitFor({ webview: sidebar, text: /\d+ \/ 192 GB/ });
  await waitFor({ webview: sidebar, text: /old/ });
  await screenshot("login-node-sampled", { width: 1280, height: 900 });
  await click(row("mi300"), { button: "right" });
  await chooseInMenu("Unmark Login Node");
  await waitFor(row(/mi300.*MI300X/));
});
