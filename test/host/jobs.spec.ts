import * as assert from "node:assert/strict";
import * as vscode from "vscode";
import { waitFor } from "./harness/control";
import { spec } from "./harness/spec";
import { row } from "./workbench";

const folder = () => {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(first, "a folder is open");
  return first.uri;
};
const write = (name: string, text: string) =>
  vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder(), name), new TextEncoder().encode(text));

spec("a task runs a preset as a job, ends with the job's code and finds the place of the error", async ({ signal }) => {
  await vscode.commands.executeCommand("tensorline.tryDemo");
  await write("raises.py", 'print("begun")\nraise ValueError("this is wrong")\n');
  const preset = { program: "raises.py", host: "lab1", gpus: { count: 0 } };
  await write(".tensorline/jobs.json", JSON.stringify({ raises: preset }));
  const tasks = await vscode.tasks.fetchTasks({ type: "tensorline" });
  assert.deepEqual(
    tasks.map(({ name }) => name),
    ["raises"],
  );
  const [task] = tasks;
  assert.ok(task);
  const ended = new Promise<number | undefined>((resolve) => {
    const listening = vscode.tasks.onDidEndTaskProcess(({ exitCode, execution }) => {
      if (execution.task.name !== "raises") return;
      listening.dispose();
      resolve(exitCode);
    });
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  await vscode.tasks.executeTask(task);
  assert.equal(await ended, 1);
  const file = vscode.Uri.joinPath(folder(), "raises.py");
  const found = () => vscode.languages.getDiagnostics(file).map(({ message, range }) => [message, range.start.line]);
  while (found().length === 0 && !signal.aborted) {
    await new Promise<void>((resolve) => {
      const listening = vscode.languages.onDidChangeDiagnostics(() => {
        listening.dispose();
        resolve();
      });
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
  assert.deepEqual(found(), [["ValueError: this is wrong", 1]]);
  await vscode.commands.executeCommand("tensorline.stopDemo");
  await waitFor(row("Demo fleet"), { state: "detached" });
});
