import { execFileSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { click, evaluate, frameText, hover, press, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";
import {
  chooseInMenu,
  clearAway,
  command,
  dialog,
  dialogButton,
  notice,
  onRow,
  openFile,
  row,
  run,
  showViews,
  statusItem,
  stopDemo,
  textUntil,
  twistie,
  until,
} from "./workbench";

const sshConfig = process.env.TENSORLINE_TEST_SSH_CONFIG ?? "";
/** The folder that the window has open. */
const workspace = join(dirname(sshConfig), "training");
const form = "main.job-form";
const panel = "main.page .log-bar";

/** The form with its plan, confirmed by the keyboard. */
async function runForm(signal: AbortSignal): Promise<void> {
  await waitFor({ webview: form, selector: ".plan-text", text: /lab1/ });
  await until(
    async () => (await evaluate("document.hasFocus()", { webview: form })) === true,
    "the form has the focus",
    signal,
  );
  await press("Enter");
}

const log = () => frameText(panel, ".log-terminal .xterm-rows");

/** A program that goes on past its second step when somebody writes into the FIFO. */
const program = (fifo: string, end: string) => `import os

if __name__ == "__main__":
    for step in range(1, 5):
        print(f"step {step}/4 loss {1 / step:.3f}", flush=True)
        if step == 2:
            open(${JSON.stringify(fifo)}).read()
    ${end}
`;

/** Fails as PyTorch does, and needs none. */
const misfit = `def forward(h):
    raise RuntimeError("mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)")


forward(1)
`;

const goOn = join(dirname(sshConfig), "go-on");

/** All at once and first: VS Code finds no file that is newer than its last search. */
async function writePrograms(): Promise<void> {
  const never = join(dirname(sshConfig), "never");
  execFileSync("mkfifo", [goOn, never]);
  await writeFile(join(workspace, "train.py"), program(goOn, 'print("done")'));
  await writeFile(join(workspace, "broken.py"), "import no_such_module_anywhere\n");
  await writeFile(join(workspace, "long.py"), program(never, "pass"));
  await writeFile(join(workspace, "shapes.py"), misfit);
}

spec(
  "a file runs from the editor on a GPU, is watched in the tree and the panel, and its end is told",
  async ({ signal }) => {
    await writePrograms();
    await writeFile(sshConfig, "");
    await run("Refresh Hosts");
    await run("Try the Demo Fleet");
    await waitFor({ webview: 'main.page[data-layout="wide"]', text: /\d+ \/ 80 GB/ });
    await openFile("train.py");
    await waitFor({ selector: ".codelens-decoration a", text: "Run on GPU" });
    await screenshot("jobs-lens", { width: 1280, height: 900 });
    await click({ selector: ".codelens-decoration a", text: "Run on GPU" });
    await waitFor({ webview: form, text: "train.py" });
    await waitFor({ webview: form, selector: ".plan-text", text: /lab1/ });
    await screenshot("jobs-form", { width: 1280, height: 900 });
    await runForm(signal);
    await waitFor({ webview: panel, selector: ".log-terminal" });
    await textUntil(log, (text) => text.includes("step 2/4"), signal);
    await showViews("Jobs");
    await click(twistie("lab1"));
    await waitFor(row(/train\.py.*GPU \d.*50 %/));
    await waitFor(statusItem(/train\.py 50 %/));
    await hover(row(/train\.py/));
    await screenshot("jobs-running", { width: 1280, height: 900 });
    await writeFile(goOn, "go");
    await textUntil(log, (text) => text.includes("done"), signal);
    await waitFor(statusItem(/train\.py/), { state: "detached" });
    await command("Notifications: Show Notifications");
    await waitFor(notice(/train\.py finished on lab1/));
    await screenshot("jobs-finished", { width: 1280, height: 900 });
    await command("Notifications: Clear All Notifications");
    await waitFor(row(/Finished.*1/));
  },
);

spec("a job that fails says why, in the panel and in the notification", async ({ signal }) => {
  await openFile("broken.py");
  await run("Run on GPU");
  await runForm(signal);
  await waitFor({ webview: panel, text: /no_such_module_anywhere/ });
  await textUntil(log, (text) => text.includes("ModuleNotFoundError"), signal);
  await command("Notifications: Show Notifications");
  await waitFor(notice(/broken\.py failed on lab1.*no_such_module_anywhere/));
  await screenshot("jobs-failed", { width: 1280, height: 900 });
  await command("Notifications: Clear All Notifications");
});

spec(
  "a job that fails because of tensors is explained, and its line is a problem until a job of that file succeeds",
  async ({ signal }) => {
    await openFile("shapes.py");
    await run("Run on GPU");
    await runForm(signal);
    await waitFor({ webview: panel, selector: ".cause .button", text: "Open shapes.py:2" });
    await textUntil(log, (text) => text.includes("32x784 and 512x10"), signal);
    await screenshot("jobs-explained", { width: 1280, height: 900 });
    await command("Notifications: Show Notifications");
    await waitFor(notice(/shapes\.py failed on lab1.*: .*784/));
    await click({ selector: ".notifications-center .monaco-button", text: "Open at Line" });
    await waitFor(statusItem("Ln 2, Col 5"));
    await command("Notifications: Clear All Notifications");
    const problems = (text: RegExp) => ({ selector: '.part.statusbar [id="status.problems"]', text });
    await waitFor(problems(/^\s*1/));
    await writeFile(join(workspace, "shapes.py"), 'print("fits")\n');
    await run("Run on GPU Again");
    // Its panel takes the focus once the host has it.
    await textUntil(log, (text) => text.includes("fits"), signal);
    await waitFor(problems(/^\s*0/));
  },
);

spec("a job stops after a question that names it, and its row says so", async ({ signal }) => {
  await openFile("long.py");
  await run("Run on GPU");
  await runForm(signal);
  await textUntil(log, (text) => text.includes("step 2/4"), signal);
  await showViews("Jobs");
  await hover(row(/long\.py/));
  await click(onRow("long.py", "Stop Job"));
  await waitFor({ selector: dialog, text: /Stop long\.py on lab1/ });
  await screenshot("jobs-stop", { width: 1280, height: 900 });
  await click(dialogButton("Stop"));
  await waitFor(row(/Finished.*5/));
  await waitFor(row(/long\.py/), { state: "detached" });
});

spec("a file that ran before runs again without the form, and a finished job is deleted after a question", async () => {
  await openFile("broken.py");
  await run("Run on GPU Again");
  await showViews("Jobs");
  await waitFor(row(/Finished.*6/));
  await click(twistie("Finished"));
  await waitFor(row(/long\.py/));
  await screenshot("jobs-list", { width: 1280, height: 900 });
  await click(row(/long\.py/), { button: "right" });
  await screenshot("jobs-menu", { width: 1280, height: 900 });
  await chooseInMenu("Delete Job");
  await waitFor({ selector: dialog, text: /Delete long\.py on lab1.*TENSORLINE_OUT/s });
  await screenshot("jobs-delete", { width: 1280, height: 900 });
  await click(dialogButton("Delete"));
  await waitFor(row(/long\.py/), { state: "detached" });
  await waitFor(row(/Finished.*5/));
  await stopDemo();
  await clearAway();
});

spec("the programs of these specs go", async () => {
  for (const name of ["broken.py", "long.py", "shapes.py"]) await rm(join(workspace, name), { force: true });
});
