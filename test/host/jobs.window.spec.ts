import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { click, elements, evaluate, fill, frameText, hover, press, screenshot, waitFor } from "./harness/control";
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

async function command(title: string): Promise<void> {
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

const goServe = join(dirname(sshConfig), "go-serve");

/** Says where it serves before it does, as some programs do. */
const server = `import socket

server = socket.socket()
server.bind(("127.0.0.1", 0))
print(f"http://localhost:{server.getsockname()[1]}/", flush=True)
open(${JSON.stringify(goServe)}).read()
server.listen()
print("serving", flush=True)
while True:
    client = server.accept()[0]
    client.recv(4096)
    client.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nserved")
    client.close()
`;

/** Where the job's port is on this computer. */
let localPort = 0;
const served = () =>
  fetch(`http://127.0.0.1:${localPort}/`).then(
    (response) => response.text(),
    () => "refused",
  );

const goOn = join(dirname(sshConfig), "go-on");

/** All at once and first: VS Code finds no file that is newer than its last search. */
async function writePrograms(): Promise<void> {
  const never = join(dirname(sshConfig), "never");
  execFileSync("mkfifo", [goOn, never, goServe]);
  await writeFile(join(workspace, "serve.py"), server);
  await writeFile(join(workspace, "train.py"), program(goOn, 'print("done")'));
  await writeFile(join(workspace, "broken.py"), "import no_such_module_anywhere\n");
  await writeFile(join(workspace, "long.py"), program(never, "pass"));
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
    await command("Notifications: Clear All Notifications");
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
    await command("Notifications: Clear All Notifications");
  },
  { deadlineMs: 120_000 },
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
    await waitFor(row(/Finished.*3/), { timeout: 60_000 });
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
    await waitFor(row(/Finished.*4/), { timeout: 60_000 });
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
    await waitFor(row(/Finished.*3/));
  },
  { deadlineMs: 120_000 },
);

const pageOfJob = "main.page .tabs";
const button = (name: string | RegExp) => ({ webview: pageOfJob, role: "button", name });

spec(
  "a job's port opens once something listens there, and is forwarded no longer than the job runs",
  async ({ signal }) => {
    await openFile("serve.py");
    await run("Run on GPU…");
    await waitFor({ webview: form, selector: ".plan-text", text: /lab1/ }, { timeout: 60_000 });
    await runForm();
    await waitFor(button(/^Open port \d/), { timeout: 60_000 });
    await click(button(/^Open port \d/));
    await command("Notifications: Show Notifications");
    await waitFor(notice(/Nothing listens on port \d+ of lab1/), { timeout: 20_000 });
    // What VS Code would open in a browser tab of its own.
    await evaluate("void (window.open = (url) => { window.opened = String(url); return window; })");
    await writeFile(goServe, "go");
    await textUntil(log, (text) => text.includes("serving"), signal);
    await click({ selector: ".notifications-center .monaco-button", text: "Try Again" });
    const opened = async () => String(await evaluate("window.opened"));
    const url = await textUntil(opened, (text) => text.includes("/proxy/"), signal);
    localPort = Number(/proxy\/(\d+)/.exec(url)?.[1]);
    assert.equal(await served(), "served");
    await click(button(/^Stop/));
    await click({ selector: `${dialog} .monaco-button`, text: "Stop" });
    await textUntil(served, (text) => text === "refused", signal);
    await command("Notifications: Clear All Notifications");
  },
  { deadlineMs: 120_000 },
);

spec("the demo fleet of these specs ends", async () => {
  await run("Stop the Demo Fleet");
  await command("View: Close All Editors");
});

spec("the programs of these specs go", async () => {
  for (const name of ["broken.py", "long.py", "serve.py"]) await rm(join(workspace, name), { force: true });
});
