import * as assert from "node:assert/strict";
import * as vscode from "vscode";
import {
  accessibility,
  browserLog,
  click,
  elements,
  frameText,
  hover,
  screenshot,
  setSideBarWidth,
  waitFor,
} from "./harness/control";
import { spec } from "./harness/spec";
import { setTheme } from "./harness/theme";
import { row, statusItem, textUntil, typeInTerminal } from "./workbench";

/** The panel in the editor area is wide, the view in the sidebar narrow. */
const panel = 'main.page[data-layout="wide"]';

spec("before first use only the entry bundle is loaded, and the empty tree teaches", async () => {
  const extension = vscode.extensions.getExtension("tensorline.tensorline");
  assert.ok(extension, "the extension is there");
  await extension.activate();
  const dist = vscode.Uri.joinPath(extension.extensionUri, "dist").fsPath;
  const loaded = Object.keys(require.cache).filter((file) => file.startsWith(dist));
  assert.deepEqual(loaded, [vscode.Uri.joinPath(extension.extensionUri, "dist", "extension.cjs").fsPath]);
  await vscode.commands.executeCommand("tensorline.hosts.focus");
  for (const name of ["Add a Host", "Open My SSH Config", "Try the Demo Fleet"]) {
    await waitFor({ role: "button", name });
  }
  // Two pages that load at once wait long for each other in VS Code's server: this one is let in first.
  await waitFor({ webview: "main.page", text: "Watch the GPUs of a Linux machine" });
  await screenshot("empty-hosts", { width: 1280, height: 800 });
});

spec("the demo fleet starts with one click and its GPUs move", async ({ signal }) => {
  await click({ role: "button", name: "Try the Demo Fleet" });
  for (const name of ["lab1", "rtx", "mi300", "login"]) await waitFor(row(name));
  await waitFor({ webview: panel, selector: '.gpu[data-gpu="nvidia 7"] .gpu-memory' });
  const utilization = () => frameText(panel, ".gpu-utilization");
  const first = await textUntil(utilization, (text) => /\d+ %/.test(text), signal);
  await textUntil(utilization, (text) => text !== first, signal);
  await waitFor(row(/lab1.*8×H100/));
});

spec("the panel names users, MIG instances and what is unknown", async ({ signal }) => {
  const named = [/1g\.10gb/, /alice/, /\d+ \/ 80 GB/];
  const isNamed = (text: string) => named.every((pattern) => pattern.test(text));
  const text = await textUntil(() => frameText(panel), isNamed, signal);
  assert.doesNotMatch(text, /NaN|undefined|null/);
  const tree = await accessibility({ webview: panel, selector: "main" });
  assert.match(tree, /table/);
});

spec("the sidebar view follows the selected host, AMD included", async () => {
  await click(row("mi300"));
  await waitFor({ webview: 'main.page[data-layout="narrow"]', text: /MI300X/ });
  await waitFor({ webview: 'main.page[data-layout="narrow"]', text: /\d+ \/ 192 GB/ });
  await screenshot("sidebar-amd", { width: 1280, height: 900 });
  await click(row("login"));
  await waitFor({ webview: 'main.page[data-layout="narrow"]', text: /No GPU/i });
});

spec("a terminal on the host speaks UTF-8", async ({ signal }) => {
  await vscode.workspace.getConfiguration("terminal.integrated").update("gpuAcceleration", "off", true);
  await hover(row("rtx"));
  await click({
    selector: '.part.sidebar .monaco-list-row[aria-label^="rtx"] .action-label[aria-label^="Open Terminal"]',
  });
  await waitFor({ selector: ".terminal-wrapper.active .xterm-rows" });
  const rows = async () =>
    (await elements({ selector: ".terminal-wrapper.active .xterm-rows" })).map((one) => one.text).join("\n");
  await textUntil(rows, (text) => /[$#] *$/.test(text.trimEnd()), signal);
  await typeInTerminal("printf 'gr%s-%d\\n' üß $((40 + 2))");
  await textUntil(rows, (text) => text.includes("grüß-42"), signal);
  await screenshot("terminal", { width: 1280, height: 800 });
  await vscode.commands.executeCommand("workbench.action.terminal.killAll");
});

spec("diagnostics can be copied and name nobody", async () => {
  await vscode.commands.executeCommand("tensorline.copyDiagnostics");
  const text = await vscode.env.clipboard.readText();
  assert.match(text, /Tensorline: \d+\.\d+\.\d+/);
  assert.doesNotMatch(text, /\b(lab1|mi300|alice|bob)\b|127\.0\.0\.1/);
});

spec("the pinned host shows in the status bar", async () => {
  await click({ webview: panel, role: "button", name: /^Pin/ });
  await waitFor(statusItem(/lab1 \d\/8 free/));
  await vscode.commands.executeCommand("tensorline.unpinHost");
  await waitFor(statusItem(/lab1 \d/), { state: "detached" });
});

spec("it looks right in every theme, wide and narrow", async () => {
  await click(row("lab1"));
  for (const theme of ["light", "highContrast", "highContrastLight", "dark"] as const) {
    await setTheme(theme);
    await screenshot(`panel-${theme}`, { width: 1440, height: 900 });
  }
  await setSideBarWidth(260);
  await screenshot("sidebar-260", { width: 900, height: 900 });
});

spec("no page broke its content security policy", async () => {
  const breaches = (await browserLog()).filter(
    (line) => /Content Security Policy/i.test(line) && /tensorline|gpu\.(js|css)/.test(line),
  );
  assert.deepEqual(breaches, []);
});
