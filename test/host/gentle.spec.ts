import * as vscode from "vscode";
import { click, hover, press, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";

const sidebar = 'main.page[data-layout="narrow"]';
const row = (name: string | RegExp) => ({ selector: ".part.sidebar .monaco-list-row", text: name });

/** By key: a menu takes no notice of the mouse in the moment after it has opened. */
async function choose(text: string): Promise<void> {
  await hover({ selector: ".monaco-menu .action-label", text });
  await press("Enter");
}

spec("a login node is marked from its row, is not sampled then, and can be sampled once", async () => {
  await vscode.commands.executeCommand("tensorline.tryDemo");
  await waitFor(row("mi300"), { timeout: 30_000 });
  await click(row("mi300"), { button: "right" });
  await choose("Mark as Login Node");
  await waitFor(row(/mi300.*login node, not sampled/));
  await click(row("mi300"));
  // With or without readings of before.
  const resting = /mi300 is marked as a login node|Login node: read only when you ask/;
  await waitFor({ webview: sidebar, text: resting }, { timeout: 20_000 });
  await screenshot("login-node", { width: 1280, height: 900 });
  await click({ webview: sidebar, role: "button", name: "Sample once" });
  await waitFor({ webview: sidebar, text: /\d+ \/ 192 GB/ }, { timeout: 30_000 });
  await waitFor({ webview: sidebar, text: /old/ }, { timeout: 30_000 });
  await screenshot("login-node-sampled", { width: 1280, height: 900 });
  await click(row("mi300"), { button: "right" });
  await choose("Unmark Login Node");
  await waitFor(row(/mi300.*MI300X/), { timeout: 20_000 });
  await press("Escape");
});
