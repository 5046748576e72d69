import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { click, elements, fill, frameText, hover, press, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";
import { textUntil } from "./text";

const sshConfig = process.env.TENSORLINE_TEST_SSH_CONFIG ?? "";
/** The folder that the window has open. */
const workspace = join(dirname(sshConfig), "training");
const row = (name: string | RegExp) => ({ selector: ".part.sidebar .monaco-list-row", text: name });
const input = { selector: ".quick-input-box input" };
const focused = (text: string | RegExp) => ({ selector: ".quick-input-list .monaco-list-row.focused", text });
const dialog = ".monaco-dialog-box";
const notice = (text: string | RegExp) => ({ selector: ".notifications-center .notification-list-item", text });
const form = "main.job-form";
const panel = "main.page .log-bar";
const onRow = (label: string, action: string) => ({
  selector: `.part.sidebar .monaco-list-row[aria-label^="${label}"] .action-label[aria-label^="${action}"]`,
});

/** What asked for a word before has gone, and takes nothing of what is asked next along. */
const asked = () => waitFor({ selector: ".quick-input-widget" }, { state: "hidden" });

async function command(title: string): Promise<void> {
  await asked();
  await press("F1");
  await fill(input, `>${title}`);
  await waitFor(focused(title.replace(/^.*: /, "")));
  await press("Enter");
}

const run = (title: string) => command(`Tensorline: ${title}`);

/** Only the Jobs view is unfolded, so that its rows have room. */
async function unfoldJobs(): Promise<void> {
  const icon = { selector: ".part.activitybar .action-label[aria-label^='Tensorline']" };
  await waitFor(icon);
  const views = await elements({ selector: '.part.sidebar .pane-header[aria-label^="Jobs"]' });
  if (!views.some(({ visible }) => visible)) await click(icon);
  for (const view of ["Hosts", "GPUs", "Environments", "Jobs"]) {
    const header = { selector: `.part.sidebar .pane-header[aria-label^="${view}"]` };
    await waitFor(header);
    const [found] = await elements(header);
    if (found?.attributes["aria-expanded"] !== String(view === "Jobs")) await click(header);
  }
}

async function openFile(name: string): Promise<void> {
  await asked();
  await press("Control+P");
  await fill(input, name);
  await waitFor(focused(name));
  await press("Enter");
}

/** The form with its plan, confirmed by the keyboard. */
async function runForm(): Promise<void> {
  await waitFor({ webview: form, selector: ".plan-text", text: /lab1/ }, { timeout: 60_000 });
  await press("Enter");
}

/** The focus goes elsewhere with the last of them, which closes what asks for a word just then. */
async function clearNotifications(): Promise<void> {
  await command("Notifications: Clear All Notifications");
  await waitFor(notice(/./), { state: "hidden" });
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
    await waitFor({ selector: ".part.activitybar .action-label[aria-label^='Tensorline']" });
    await run("Try the Demo Fleet");
    await waitFor({ webview: 'main.page[data-layout="wide"]', text: /\d+ \/ 80 GB/ }, { timeout: 30_000 });
    await openFile("train.py");
    await waitFor({ selector: ".codelens-decoration a", text: "Run on GPU" }, { timeout: 20_000 });
    await screenshot("jobs-lens", { width: 1280, height: 900 });
    await click({ selector: ".codelens-decoration a", text: "Run on GPU" });
    await waitFor({ webview: form, text: "train.py" }, { timeout: 20_000 });
    await waitFor({ webview: form, selector: ".plan-text", text: /lab1/ }, { timeout: 60_000 });
    await screenshot("jobs-form", { width: 1280, height: 900 });
    await runForm();
    await waitFor({ webview: panel, selector: ".log-terminal" }, { timeout: 60_000 });
    await textUntil(log, (text) => text.includes("step 2/4"), signal);
    await unfoldJobs();
    await click({ selector: '.part.sidebar .monaco-list-row:has-text("lab1") .monaco-tl-twistie', nth: -1 });
    await waitFor(row(/train\.py.*GPU \d.*50 %/), { timeout: 30_000 });
    await waitFor({ selector: ".part.statusbar .statusbar-item", text: /train\.py 50 %/ });
    await hover(row(/train\.py/));
    await screenshot("jobs-running", { width: 1280, height: 900 });
    await writeFile(goOn, "go");
    await textUntil(log, (text) => text.includes("done"), signal);
    await waitFor({ selector: ".part.statusbar .statusbar-item", text: /train\.py/ }, { state: "detached" });
    // VS Code shows no message by itself while a test drives it.
    await command("Notifications: Show Notifications");
    await waitFor(notice(/train\.py finished on lab1/), { timeout: 30_000 });
    await screenshot("jobs-finished", { width: 1280, height: 900 });
    await clearNotifications();
    await waitFor(row(/Finished.*1/));
  },
  { deadlineMs: 180_000 },
);

spec(
  "a job that fails says why, in the panel and in the notification",
  async ({ signal }) => {
    await openFile("broken.py");
    await run("Run on GPU");
    await runForm();
    await waitFor({ webview: panel, text: /no_such_module_anywhere/ }, { timeout: 60_000 });
    await textUntil(log, (text) => text.includes("ModuleNotFoundError"), signal);
    await command("Notifications: Show Notifications");
    await waitFor(notice(/broken\.py failed on lab1.*no_such_module_anywhere/), { timeout: 30_000 });
    await screenshot("jobs-failed", { width: 1280, height: 900 });
    await clearNotifications();
  },
  { deadlineMs: 120_000 },
);

spec(
  "a job that fails because of tensors is explained, and its line is a problem until a job of that file succeeds",
  async ({ signal }) => {
    await openFile("shapes.py");
    await run("Run on GPU");
    await runForm();
    await waitFor({ webview: panel, selector: ".cause .button", text: "Open shapes.py:2" }, { timeout: 60_000 });
    await textUntil(log, (text) => text.includes("32x784 and 512x10"), signal);
    await screenshot("jobs-explained", { width: 1280, height: 900 });
    await command("Notifications: Show Notifications");
    await waitFor(notice(/shapes\.py failed on lab1.*: .*784/), { timeout: 30_000 });
    await click({ selector: ".notifications-center .monaco-button", text: "Open at Line" });
    const cursor = (text: string) => ({ selector: ".part.statusbar .statusbar-item", text });
    await waitFor(cursor("Ln 2, Col 5"), { timeout: 20_000 });
    await clearNotifications();
    const problems = (text: RegExp) => ({ selector: '.part.statusbar [id="status.problems"]', text });
    await waitFor(problems(/^\s*1/), { timeout: 20_000 });
    await writeFile(join(workspace, "shapes.py"), 'print("fits")\n');
    await run("Run on GPU Again");
    // Its panel takes the focus once the host has it.
    await textUntil(log, (text) => text.includes("fits"), signal);
    await waitFor(problems(/^\s*0/), { timeout: 60_000 });
  },
  { deadlineMs: 180_000 },
);

spec(
  "a job stops after a question that names it, and its row says so",
  async ({ signal }) => {
    await openFile("long.py");
    await run("Run on GPU");
    await runForm();
    await textUntil(log, (text) => text.includes("step 2/4"), signal);
    await unfoldJobs();
    await hover(row(/long\.py/));
    await click(onRow("long.py", "Stop Job"));
    await waitFor({ selector: dialog, text: /Stop long\.py on lab1/ });
    await screenshot("jobs-stop", { width: 1280, height: 900 });
    await click({ selector: `${dialog} .monaco-button`, text: "Stop" });
    await waitFor(row(/Finished.*5/), { timeout: 60_000 });
    assert.deepEqual(await elements(row(/long\.py/)), []);
  },
  { deadlineMs: 120_000 },
);

spec(
  "a file that ran before runs again without the form, and a finished job is deleted after a question",
  async () => {
    await openFile("broken.py");
    await run("Run on GPU Again");
    await unfoldJobs();
    await waitFor(row(/Finished.*6/), { timeout: 60_000 });
    await click({ selector: '.part.sidebar .monaco-list-row:has-text("Finished") .monaco-tl-twistie', nth: -1 });
    await waitFor(row(/long\.py/));
    await screenshot("jobs-list", { width: 1280, height: 900 });
    await click(row(/long\.py/), { button: "right" });
    await screenshot("jobs-menu", { width: 1280, height: 900 });
    await click({ selector: ".monaco-menu .action-label[aria-label^='Delete Job']" });
    await waitFor({ selector: dialog, text: /Delete long\.py on lab1.*TENSORLINE_OUT/s });
    await screenshot("jobs-delete", { width: 1280, height: 900 });
    await click({ selector: `${dialog} .monaco-button`, text: "Delete" });
    await waitFor(row(/long\.py/), { state: "detached", timeout: 30_000 });
    await waitFor(row(/Finished.*5/));
    await run("Stop the Demo Fleet");
    await command("View: Close All Editors");
  },
  { deadlineMs: 120_000 },
);

spec("the programs of these specs go", async () => {
  for (const name of ["broken.py", "long.py"]) await rm(join(workspace, name), { force: true });
});
