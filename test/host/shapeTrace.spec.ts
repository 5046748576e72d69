import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { startSshd, withoutSshd } from "../ssh/sshd";
import { fill, press, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";

async function pick(label: string): Promise<void> {
  await waitFor({ selector: ".quick-input-list .monaco-list-row" }, { timeout: 30_000 });
  await fill({ selector: ".quick-input-box input" }, label);
  await waitFor({ selector: ".quick-input-list .monaco-list-row.focused", text: label }, { timeout: 30_000 });
  await press("Enter");
}

const programs = join(__dirname, "..", "..", "test", "python", "tracePrograms");
const settings = () => vscode.workspace.getConfiguration();

spec(
  "a run with shape trace leaves its shapes behind the lines, and tells where a size comes from",
  async ({ skip }) => {
    if (withoutSshd) skip(withoutSshd);
    const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
    const host = await startSshd();
    try {
      const folder = join(host.folder, "traced");
      await cp(programs, folder, { recursive: true });
      await settings().update("tensorline.ssh.configFile", host.configFile, true);

      void vscode.commands.executeCommand("tensorline.runWithShapeTrace");
      await pick("box");
      await waitFor({ selector: ".quick-input-widget", text: "Which environment of box?" }, { timeout: 30_000 });
      await pick("No environment");
      await waitFor({ selector: ".quick-input-widget", text: "What is a shape trace to look at?" });
      await screenshot("shape-trace-modes", { width: 1280, height: 900 });
      await pick("Lines");
      await waitFor({ selector: ".quick-input-widget", text: "Run with shape trace on box" });
      // The stand-in for NumPy is found beside the program that -m runs.
      await fill({ selector: ".quick-input-box input" }, `${python} ${folder}/withStandIn.py`);
      await press("Enter");
      // Toasts are not shown here; the list is.
      await vscode.commands.executeCommand("notifications.showList");
      await waitFor(
        { selector: ".notifications-center .notification-list-item", text: /Shapes of .*withStandIn\.py: 9 lines\./ },
        { timeout: 60_000 },
      );
      await vscode.commands.executeCommand("notifications.clearAll");

      void vscode.commands.executeCommand("tensorline.whereSizeComesFrom");
      await waitFor({ selector: ".quick-input-widget", text: "Where does a size come from?" });
      await fill({ selector: ".quick-input-box input" }, "784");
      await press("Enter");
      await waitFor({ selector: ".quick-input-widget", text: "Where 784 comes from" });
      await screenshot("shape-trace-origin", { width: 1280, height: 900 });
      await pick("h: f32[B≤32, 784]");
      await waitFor({ selector: ".editor-instance .view-line", text: /reshape/ }, { timeout: 20_000 });
      assert.equal(vscode.window.activeTextEditor?.selection.active.line, 6);
      await screenshot("shape-trace-lines", { width: 1280, height: 900 });

      await vscode.commands.executeCommand("tensorline.showShapeTrace");
      await waitFor({ selector: ".tab.active", text: /Shapes on box/ });
      await screenshot("shape-trace-page", { width: 1280, height: 900 });
      await vscode.commands.executeCommand("tensorline.hideShapes");
    } finally {
      await settings().update("tensorline.ssh.configFile", undefined, true);
      await vscode.commands.executeCommand("notifications.clearAll");
      await vscode.commands.executeCommand("workbench.action.terminal.killAll");
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
      await host.dispose();
    }
  },
  { deadlineMs: 120_000 },
);
