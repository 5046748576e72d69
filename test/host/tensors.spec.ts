import * as assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { startSshd, withoutSshd } from "../ssh/sshd";
import { elements, press, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";
import { choose, clearAway, input, notice, option, textUntil, typeInTerminal } from "./workbench";

const rows = async () =>
  (await elements({ selector: ".terminal-wrapper.active .xterm-rows" })).map(({ text }) => text).join("\n");

const problems = () =>
  vscode.languages
    .getDiagnostics()
    .flatMap(([uri, all]) => all.filter(({ source }) => source === "tensorline").map((one) => ({ uri, ...one })));

/** Resolves once the problems are so many. */
function problemsAre(count: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (problems().length !== count) return;
      change.dispose();
      resolve();
    };
    const change = vscode.languages.onDidChangeDiagnostics(look);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    look();
  });
}

/** What a Python without the hook prints of a program that multiplies what does not fit. */
const traceback = (folder: string) => `Traceback (most recent call last):
  File "${folder}/model.py", line 6, in <module>
    main()
  File "${folder}/model.py", line 3, in main
    return h @ w
RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)
`;

const settings = () => vscode.workspace.getConfiguration();
const own = {
  "tensorline.ssh.configFile": (file: string) => file,
  "terminal.integrated.defaultProfile.linux": () => "Tensor Terminal",
  "terminal.integrated.gpuAcceleration": () => "off",
};

spec(
  "a program that fails in a tensor terminal is explained before the next prompt, and its line is a problem until it works",
  async ({ signal, skip }) => {
    if (withoutSshd) skip(withoutSshd);
    // What is put on the host goes there.
    const home = await mkdtemp(join(tmpdir(), "tensorline-home-"));
    const host = await startSshd({ environment: { HOME: home } });
    try {
      const folder = join(host.folder, "model");
      await mkdir(folder);
      await writeFile(join(folder, "model.py"), "def main():\n    h, w = load()\n    return h @ w\n\n\nmain()\n");
      await writeFile(join(folder, "traceback"), traceback(folder));
      await writeFile(join(folder, "python"), '[ -e works ] || { cat traceback >&2; exit 1; }\necho "loss 0.1"\n');
      for (const [name, value] of Object.entries(own)) await settings().update(name, value(host.configFile), true);

      // Thought better of: nothing is opened, and nothing is reported.
      void vscode.commands.executeCommand("workbench.action.terminal.new");
      await waitFor({ selector: ".quick-input-title", text: "Which host?" });
      await waitFor(option("box"));
      await press("Escape", input);
      await waitFor({ selector: ".quick-input-widget" }, { state: "hidden" });
      assert.equal((await elements(notice(/tensor/i))).length, 0);

      void vscode.commands.executeCommand("workbench.action.terminal.new");
      await choose("Which host?", "box");
      const opened = new Promise<vscode.Terminal>((resolve) => vscode.window.onDidOpenTerminal(resolve));
      await choose("Which environment of box?", "No environment");
      const terminal = await opened;
      terminal.show();
      await textUntil(rows, (text) => /explained here\.[\s\S]*[$#%>] *$/.test(text.trimEnd()), signal);
      await typeInTerminal(`cd ${folder}; sh python train.py`);
      const text = await textUntil(
        rows,
        (shown) => /╰[^\n]*show\sshapes[\s\S]*[$#%>] *$/.test(shown.trimEnd()),
        signal,
      );
      assert.ok(text.indexOf("shapes cannot be multiplied") < text.indexOf("╭ tensorline"), text);
      assert.ok(!text.includes("rm -f"), text);
      await problemsAre(1, signal);
      const [problem] = problems();
      assert.equal(problem?.range.start.line, 2);
      await screenshot("tensor-terminal", { width: 1280, height: 900 });

      // The file of the host, which cannot be changed.
      await vscode.commands.executeCommand("vscode.open", problem?.uri);
      await waitFor({ selector: ".editor-instance .view-line", text: /return/ });
      await vscode.commands.executeCommand("workbench.actions.view.problems");
      await waitFor({ selector: ".markers-panel .monaco-list-row", text: /tensorline/ });
      await screenshot("tensor-problem", { width: 1280, height: 900 });

      await vscode.env.clipboard.writeText("what was copied");
      terminal.show();
      await vscode.commands.executeCommand("workbench.action.terminal.selectAll");
      await vscode.commands.executeCommand("tensorline.explainTerminalSelection");
      assert.equal(await vscode.env.clipboard.readText(), "what was copied");
      await waitFor({ webview: 'main.page[data-terminal="false"]', text: /shapes cannot be multiplied|784/ });
      await screenshot("tensor-explained", { width: 1280, height: 900 });

      await writeFile(join(folder, "works"), "");
      terminal.sendText("sh python train.py");
      await problemsAre(0, signal);
    } finally {
      for (const name of Object.keys(own)) await settings().update(name, undefined, true);
      await clearAway();
      await host.dispose();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    }
  },
);
