import * as assert from "node:assert/strict";
import * as vscode from "vscode";
import {
  accessibility,
  click,
  elements,
  emulate,
  evaluate,
  frameText,
  press,
  screenshot,
  setSideBarWidth,
  type,
  waitFor,
} from "./harness/control";
import { spec } from "./harness/spec";
import { setTheme } from "./harness/theme";

const page = `<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-a'">
</head><body><main id="smoke"><button>Press me</button><input aria-label="Filter"></main>
<script nonce="a">document.querySelector("button").onclick = (event) => { event.target.textContent = "Pressed"; };</script></body></html>`;

spec("the window can be driven and looked at from inside the extension host", async () => {
  const panel = vscode.window.createWebviewPanel("smoke", "Smoke", vscode.ViewColumn.One, { enableScripts: true });
  try {
    panel.webview.html = page;
    await click({ webview: "#smoke", role: "button", name: "Press me" });
    await waitFor({ webview: "#smoke", text: "Pressed", exact: true });
    assert.match(await frameText("#smoke"), /^Pressed/);
    await click({ webview: "#smoke", role: "textbox", name: /filter/i });
    await type("abc");
    await press("Backspace");
    assert.equal(await evaluate("document.querySelector('input').value", { webview: "#smoke" }), "ab");
    const [input] = await elements({ webview: "#smoke", selector: "input" });
    assert.equal(input?.focused, true);
    assert.equal(input?.attributes["aria-label"], "Filter");
    assert.deepEqual(await elements({ webview: "#smoke", selector: "table" }), []);
    assert.match(await accessibility({ webview: "#smoke", selector: "main" }), /button "Pressed"/);
    await emulate({ reducedMotion: true });
    assert.equal(await evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches", { webview: "#smoke" }), true);
    await emulate({ reducedMotion: false });
    await assert.rejects(click({ webview: "#smoke", text: "Not there" }, { timeout: 200 }), /Not there/);
  } finally {
    panel.dispose();
  }
});

spec("pictures are taken in the asked size and theme", async () => {
  for (const theme of ["light", "dark", "highContrast", "highContrastLight"] as const) {
    await setTheme(theme);
    const file = await screenshot(`smoke/${theme}`, { width: 900, height: 600 });
    const png = Buffer.from(await vscode.workspace.fs.readFile(vscode.Uri.file(file)));
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [900, 600]);
  }
  await setSideBarWidth(260);
  await screenshot("smoke/narrow", { width: 1280, height: 800 });
});
