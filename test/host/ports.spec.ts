import * as assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as vscode from "vscode";
import { accessibility, click, fill, hover, press, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";
import { textUntil } from "./text";

const row = (name: string | RegExp) => ({ selector: ".part.sidebar .monaco-list-row", text: name });
const choice = (text: string | RegExp) => ({ selector: ".quick-input-list .monaco-list-row", text });
const action = (label: string, name: string) => ({
  selector: `.part.sidebar .monaco-list-row[aria-label^="${label}"] .action-label[aria-label^="${name}"]`,
});

/** What runs on the "host", which is this computer. */
const server = createServer((request, response) => response.end(`page ${request.url}`));

spec("a port of a demo host is forwarded with a few keys, and its row says where it is", async () => {
  // Whatever happens, it does not keep VS Code from ending.
  server.unref().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await vscode.commands.executeCommand("tensorline.tryDemo");
  await waitFor(row(/lab1.*8×H100/), { timeout: 30_000 });
  await click({ selector: '.part.sidebar .monaco-list-row:has-text("8×H100") .monaco-tl-twistie' });
  await waitFor(row(/Ports.*none forwarded/));
  await hover(row(/Ports.*none forwarded/));
  await click(action("No forwarded ports of lab1", "Forward Port"));
  await waitFor(choice("Your processes on lab1"));
  await screenshot("ports-pick", { width: 1280, height: 900 });
  await fill({ selector: ".quick-input-box input" }, "6006");
  await waitFor(choice("TensorBoard"));
  await fill({ selector: ".quick-input-box input" }, String(port));
  await waitFor({ selector: ".quick-input-list .monaco-list-row.focused", text: String(port) });
  await press("Enter");
  await waitFor(row(/Ports \(1\)/));
  await waitFor(row(`${port} → localhost:${port + 1}`));
  const answer = await fetch(`http://127.0.0.1:${port + 1}/runs`);
  assert.equal(await answer.text(), "page /runs");
  await screenshot("ports-tree", { width: 1280, height: 900 });
  const tree = await accessibility({ selector: ".part.sidebar" });
  assert.match(tree, new RegExp(`Port ${port} of lab1, forwarded to localhost:${port + 1}`));
});

spec("its address can be copied, and one click stops it", async ({ signal }) => {
  const { port } = server.address() as AddressInfo;
  const label = `Port ${port} of lab1`;
  await hover(row(`${port} → localhost:`));
  await click(action(label, "Copy Forwarded Address"));
  // In a VS Code whose extensions run elsewhere, VS Code brings the port to the window.
  const { authority } = await vscode.env.asExternalUri(vscode.Uri.parse(`http://localhost:${port + 1}/`));
  const copied = async () => vscode.env.clipboard.readText();
  await textUntil(copied, (text) => text.includes(authority), signal);
  await hover(row(`${port} → localhost:`));
  await click(action(label, "Stop Forwarding Port"));
  await waitFor(row(`${port} → localhost:`), { state: "detached" });
  await assert.rejects(fetch(`http://127.0.0.1:${port + 1}/`));
  server.closeAllConnections();
  server.close();
});
