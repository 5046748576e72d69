import { copyFile } from "node:fs/promises";
import { startSshd } from "../ssh/sshd";
import { click, fill, hover, press, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";

const sshConfig = process.env.TENSORLINE_TEST_SSH_CONFIG ?? "";
const row = (name: string | RegExp) => ({ selector: ".part.sidebar .monaco-list-row", text: name });
const input = { selector: ".quick-input-box input" };
const focused = (text: string | RegExp) => ({ selector: ".quick-input-list .monaco-list-row.focused", text });
const dialog = ".monaco-dialog-box";
const twistie = (name: string) => ({ selector: `.part.sidebar .monaco-list-row:has-text("${name}") .monaco-tl-twistie`, nth: -1 });

async function showEnvironments(): Promise<void> {
  await click({ selector: ".part.activitybar .action-label[aria-label^='Tensorline']" });
  await click({ selector: ".part.sidebar .pane-header", text: "Environments" });
  await click({ selector: ".part.sidebar .pane-header", text: "GPUs" });
  await click({ selector: ".part.sidebar .pane-header", text: "Hosts" });
}

async function choose(text: string): Promise<void> {
  await fill(input, text);
  await waitFor(focused(text));
  await press("Enter");
}

spec("an environment is created, used and deleted on a real host", async () => {
  const server = await startSshd({ users: [{ shell: "/bin/bash" }] });
  try {
    await copyFile(server.configFile, sshConfig);
    await showEnvironments();
    await waitFor(row("box0"));
    await click(twistie("box0"));
    await waitFor(row("CUDA and ROCm"), { timeout: 30_000 });
    await screenshot("environments-real", { width: 1280, height: 900 });
    await click(row("box0"));
    await hover(row("box0"));
    await click({ selector: '.part.sidebar .monaco-list-row[aria-label^="box0"] .action-label[aria-label^="Create Environment"]' });
    await screenshot("environments-create-1", { width: 1280, height: 900 });
    await choose("venv");
    await fill(input, "train");
    await press("Enter");
    await screenshot("environments-create-3", { width: 1280, height: 900 });
    await choose("3.11");
    await choose("Nothing but Python");
    await waitFor({ selector: dialog, text: /python3.11 -m venv/ });
    await screenshot("environments-plan", { width: 1280, height: 900 });
    await click({ selector: `${dialog} .monaco-button`, text: "Create" });
    await screenshot("environments-running", { width: 1280, height: 900 });
    await waitFor(row(/train.*3\.11/), { timeout: 60_000 });
    await screenshot("environments-created", { width: 1280, height: 900 });
  } finally {
    await server.dispose();
  }
});
