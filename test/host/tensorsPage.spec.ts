import * as assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { applyEdit, standingRange } from "../../src/features/tensors/fixEdits";
import type { RunRecord } from "../../src/shared/tensors";
import { startSshd, withoutSshd } from "../ssh/sshd";
import { click, elements, fill, press, screenshot, type, waitFor } from "./harness/control";
import { spec } from "./harness/spec";
import { textUntil } from "./workbench";

const page = 'main.page[data-terminal="true"]';

async function pick(label: string): Promise<void> {
  await waitFor({ selector: ".quick-input-list .monaco-list-row" }, { timeout: 30_000 });
  await fill({ selector: ".quick-input-box input" }, label);
  await waitFor({ selector: ".quick-input-list .monaco-list-row.focused", text: label }, { timeout: 30_000 });
  await press("Enter");
}

const rows = async () =>
  (await elements({ webview: page, selector: ".xterm-rows > div" })).map(({ text }) => text).join("\n");

/** What a failed product leaves, in the form of the hook's records; its time is put in by the host. */
const record = (folder: string): RunRecord => {
  const values = { type: "torch.Tensor", dtype: "float32", device: "cpu" };
  const operands = [
    { name: "h", shape: [32, 784], ...values, bytes: 100_352 },
    { name: "w", shape: [512, 10], ...values, bytes: 20_480 },
  ];
  const place = { file: join(folder, "model.py"), line: 3, column: 11, endColumn: 16, function: "main", isUser: true };
  const message = "mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)";
  const frame = { ...place, source: "    return h @ w", expression: "h @ w", operands, values: [] };
  return {
    format: 1,
    pid: 4711,
    parentPid: 1,
    program: "train.py",
    folder,
    python: "3.12.4",
    versions: { torch: "2.13.0" },
    failures: [
      {
        origin: "main",
        at: "NOW",
        exceptions: [{ type: "builtins.RuntimeError", message, frames: [frame] }],
        layers: [],
        isCut: false,
      },
    ],
  };
};

/** Plays a Python whose program fails until a file is there. */
const python = `[ -e works ] && { echo "loss 0.1"; exit 0; }
sed "s/NOW/$(date -u +%Y-%m-%dT%H:%M:%SZ)/" record >"$TENSORLINE_RUN/new" && mv "$TENSORLINE_RUN/new" "$TENSORLINE_RUN/4711.json"
echo "RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)" >&2
exit 1
`;

spec(
  "a tensor terminal in an editor tab shows the shapes of what failed, runs it again, and comes back as it was",
  async ({ signal, skip }) => {
    if (withoutSshd) skip(withoutSshd);
    const host = await startSshd();
    const settings = vscode.workspace.getConfiguration();
    try {
      const folder = join(host.folder, "model");
      await mkdir(folder);
      await writeFile(join(folder, "model.py"), "def main():\n    h, w = load()\n    return h @ w\n\n\nmain()\n");
      await writeFile(join(folder, "record"), JSON.stringify(record(folder)));
      await writeFile(join(folder, "python"), python);
      await settings.update("tensorline.ssh.configFile", host.configFile, true);

      void vscode.commands.executeCommand("tensorline.openTensorTerminalInEditor");
      // A terminal that was opened in this window before is offered first.
      await waitFor({ selector: ".quick-input-list .monaco-list-row" }, { timeout: 30_000 });
      const [title] = await elements({ selector: ".quick-input-title" });
      if (title?.text.startsWith("Tensor terminal")) await pick("Another host or environment");
      await pick("box");
      await waitFor({ selector: ".quick-input-widget", text: "Which environment of box?" }, { timeout: 30_000 });
      await pick("No environment");
      await textUntil(rows, (text) => /explained here\.[\s\S]*[$#%>]\s*$/.test(text.trimEnd()), signal);
      await waitFor({ webview: page, text: "Shapes of the last failure" });
      await click({ webview: page, selector: ".xterm-screen" });
      await type(`cd ${folder}; sh python train.py`);
      await press("Enter");
      await textUntil(rows, (text) => /show\sshapes/.test(text), signal);
      await waitFor({ webview: page, selector: ".failure .size[data-clash='true']", text: "784" });
      await waitFor({ webview: page, selector: ".tensors", text: "98 KiB" });
      await screenshot("tensor-page", { width: 1280, height: 860 });

      // Hidden and back: the editor has taken the page down meanwhile.
      await vscode.commands.executeCommand("workbench.action.files.newUntitledFile");
      await waitFor({ selector: ".tab.active", text: /Untitled/ });
      await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
      await textUntil(rows, (text) => /show\sshapes/.test(text), signal);

      await writeFile(join(folder, "works"), "");
      await click({ webview: page, role: "button", name: /^Run again/ });
      await textUntil(rows, (text) => text.includes("loss 0.1"), signal);
      await waitFor({ webview: page, text: /^The last command succeeded/ });

      await click({ webview: page, role: "button", name: "Open at line 3" });
      await waitFor({ selector: ".editor-instance .view-line", text: /return/ }, { timeout: 20_000 });
    } finally {
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
      await settings.update("tensorline.ssh.configFile", undefined, true);
      await host.dispose();
    }
  },
  { deadlineMs: 90_000 },
);

spec("a fix is applied as one edit that can be undone, and only where its text still stands", async () => {
  const document = await vscode.workspace.openTextDocument({ content: 'name = "🙂"; y = h @ w\n' });
  const place = { file: "model.py", line: 1, column: 16, endColumn: 21 };
  const placed = { uri: document.uri, edit: { place, was: "h @ w", text: "h @ w.T" } };
  try {
    await vscode.window.showTextDocument(document);
    assert.equal(await applyEdit(placed), true);
    assert.equal(document.getText(), 'name = "🙂"; y = h @ w.T\n');
    assert.ok(await standingRange(placed), "what was replaced begins with what stood there");
    assert.equal(await standingRange({ ...placed, edit: { ...placed.edit, was: "h @ x" } }), undefined);
    assert.equal(await standingRange({ ...placed, edit: { ...placed.edit, place: { ...place, line: 9 } } }), undefined);
    await vscode.commands.executeCommand("undo");
    assert.equal(document.getText(), 'name = "🙂"; y = h @ w\n');
  } finally {
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  }
});
