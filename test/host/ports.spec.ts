import * as assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as vscode from "vscode";
import { accessibility, click, elements, fill, hover, press, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";
import { focused, input, onRow, option, row, textUntil, twistie } from "./workbench";

/** What runs on the "host", which is this computer. */
const server = createServer((request, response) => response.end(`page ${request.url}`));

/** Where its row says that it is: the same port is taken, by the server itself, and the next ones may be. */
let localPort = "";

spec("a port of a demo host is forwarded with a few keys, and its row says where it is", async () => {
  // Whatever happens, it does not keep VS Code from ending.
  server.unref().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await vscode.commands.executeCommand("tensorline.tryDemo");
  await waitFor(row(/lab1.*8×H100/));
  await click(twistie("8×H100"));
  await waitFor(row(/Ports.*none forwarded/));
  await hover(row(/Ports.*none forwarded/));
  await click(onRow("No forwarded ports of lab1", "Forward Port"));
  await waitFor(option("Your processes on lab1"));
  await screenshot("ports-pick", { width: 1280, height: 900 });
  await fill(input, "6006");
  await waitFor(option("TensorBoard"));
  await fill(input, String(port));
  await waitFor(focused(String(port)));
  await press("Enter", input);
  await waitFor(row(/Ports \(1\)/));
  const forwarded = row(new RegExp(`${port} → localhost:\\d+`));
  await waitFor(forwarded);
  localPort = /localhost:(\d+)/.exec((await elements(forwarded))[0]?.text ?? "")?.[1] ?? "";
  const answer = await fetch(`http://127.0.0.1:${localPort}/runs`);
  assert.equal(await answer.text(), "page /runs");
  await screenshot("ports-tree", { width: 1280, height: 900 });
  const tree = await accessibility({ selector: ".part.sidebar" });
  assert.match(tree, new RegExp(`Port ${port} of lab1, forwarded to localhost:${localPort}`));
});

spec("its address can be copied, and one click stops it", async ({ signal }) => {
  const { port } = server.address() as AddressInfo;
  const label = `Port ${port} of lab1`;
  await hover(row(`${port} → localhost:`));
  await click(onRow(label, "Copy Forwarded Address"));
  // In a VS Code whose extensions run elsewhere, VS Code brings the port to the window.
  const { authority } = await vscode.env.asExternalUri(vscode.Uri.parse(`http://localhost:${localPort}/`));
  const copied = async () => vscode.env.clipboard.readText();
  await textUntil(copied, (text) => text.includes(authority), signal);
  await hover(row(`${port} → localhost:`));
  await click(onRow(label, "Stop Forwarding Port"));
  await waitFor(row(`${port} → localhost:`), { state: "detached" });
  await assert.rejects(fetch(`http://127.0.0.1:${localPort}/`));
  server.closeAllConnections();
  server.close();
});
