import { execFileSync } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { startSshd, withoutSshd } from "../ssh/sshd";
import { elements, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";
import { answer, choose, clearAway, notice, option, until } from "./workbench";

const programs = join(__dirname, "..", "..", "test", "python", "tracePrograms");
const settings = () => vscode.workspace.getConfiguration();

spec(
  "a run with shape trace leaves its shapes behind the lines, and tells where a size comes from",
  async ({ signal, skip }) => {
    if (withoutSshd) skip(withoutSshd);
    const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
    // What is put on the host goes there.
    const home = await mkdtemp(join(tmpdir(), "tensorline-home-"));
    const host = await startSshd({ environment: { HOME: home } });
    try {
      const folder = join(host.folder, "traced");
      await cp(programs, folder, { recursive: true });
      await settings().update("tensorline.ssh.configFile", host.configFile, true);

      void vscode.commands.executeCommand("tensorline.runWithShapeTrace");
      await waitFor({ selector: ".quick-input-title", text: /host\?/ });
      await waitFor({ selector: ".quick-input-list .monaco-list-row" });
      // Another spec may have left its own host among those of before.
      if ((await elements(option("Another host"))).length > 0) await choose(/host\?/, "Another host");
      await choose("Which host?", "box");
      await choose("Which environment of box?", "No environment");
      await waitFor({ selector: ".quick-input-title", text: "What is a shape trace to look at?" });
      await screenshot("shape-trace-modes", { width: 1280, height: 900 });
      await choose("What is a shape trace to look at?", "Lines");
      // The stand-in for NumPy is found beside the program that -m runs.
      await answer("Run with shape trace on box", `${python} ${folder}/withStandIn.py`);
      // Toasts are not shown here; the list is, until something else gets the focus.
      await until(
        async () => {
          await vscode.commands.executeCommand("notifications.showList");
          return (await elements(notice(/Shapes of .*withStandIn\.py: 9 lines\./))).length > 0;
        },
        "the shapes are told",
        signal,
      );
      await vscode.commands.executeCommand("notifications.clearAll");

      void vscode.commands.executeCommand("tensorline.whereSizeComesFrom");
      await answer("Where does a size come from?", "784");
      await waitFor({ selector: ".quick-input-title", text: "Where 784 comes from" });
      await screenshot("shape-trace-origin", { width: 1280, height: 900 });
      await choose("Where 784 comes from", "h: f32[B≤32, 784]");
      await waitFor({ selector: ".editor-instance .view-line", text: /reshape/ });
      await until(
        async () => vscode.window.activeTextEditor?.selection.active.line === 6,
        "the line is chosen",
        signal,
      );
      await screenshot("shape-trace-lines", { width: 1280, height: 900 });

      await vscode.commands.executeCommand("tensorline.showShapeTrace");
      await waitFor({ selector: ".tab.active", text: /Shapes on box/ });
      await screenshot("shape-trace-page", { width: 1280, height: 900 });
      await vscode.commands.executeCommand("tensorline.hideShapes");
    } finally {
      await settings().update("tensorline.ssh.configFile", undefined, true);
      await clearAway();
      await host.dispose();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    }
  },
);
