import * as assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { startSshd, withoutUsers } from "../ssh/sshd";
import { click, elements, fill, hover, press, screenshot, type, waitFor } from "./harness/control";
import { spec } from "./harness/spec";
import { textUntil } from "./text";

const sshConfig = process.env.TENSORLINE_TEST_SSH_CONFIG ?? "";
const row = (name: string | RegExp) => ({ selector: ".part.sidebar .monaco-list-row", text: name });
const input = { selector: ".quick-input-box input" };
const focused = (text: string | RegExp) => ({ selector: ".quick-input-list .monaco-list-row.focused", text });
const dialog = ".monaco-dialog-box";
const notice = (text: string | RegExp) => ({ selector: ".notifications-toasts .notification-list-item", text });
const twistie = (name: string) => ({
  selector: `.part.sidebar .monaco-list-row:has-text("${name}") .monaco-tl-twistie`,
  nth: -1,
});
const onRow = (label: string, action: string) => ({
  selector: `.part.sidebar .monaco-list-row[aria-label^="${label}"] .action-label[aria-label^="${action}"]`,
});

/** Only the Environments view is unfolded, so that its rows have room. */
async function showEnvironments(): Promise<void> {
  await click({ selector: ".part.activitybar .action-label[aria-label^='Tensorline']" });
  for (const [view, wanted] of [
    ["Hosts", "false"],
    ["GPUs", "false"],
    ["Environments", "true"],
  ] as const) {
    const header = { selector: `.part.sidebar .pane-header[aria-label^="${view}"]` };
    await waitFor(header);
    const [found] = await elements(header);
    if (found?.attributes["aria-expanded"] !== wanted) await click(header);
  }
}

async function choose(text: string): Promise<void> {
  await fill(input, text);
  await waitFor(focused(text));
  await press("Enter");
}

async function answer(prompt: string | RegExp, text: string): Promise<void> {
  await waitFor({ selector: ".quick-input-widget", text: prompt });
  await fill(input, text);
  await press("Enter");
}

async function run(title: string): Promise<void> {
  await press("F1");
  await fill(input, `>Tensorline: ${title}`);
  await waitFor(focused(title));
  await press("Enter");
}

const terminalText = async () =>
  (await elements({ selector: ".terminal-wrapper.active .xterm-rows" })).map(({ text }) => text).join("\n");

spec(
  "an environment is created, used in a terminal and deleted on a real host",
  async ({ signal, skip }) => {
    if (withoutUsers) skip(withoutUsers);
    const server = await startSshd({ users: [{ shell: "/bin/bash" }] });
    const prefix = join(server.users[0]?.home ?? "", ".virtualenvs", "train");
    try {
      await copyFile(server.configFile, sshConfig);
      await showEnvironments();
      await click(twistie("box0"));
      await waitFor(row("CUDA and ROCm"), { timeout: 30_000 });
      await screenshot("environments-real", { width: 1280, height: 900 });
      await hover(row("box0"));
      await click(onRow("box0", "Create Environment"));
      await choose("venv");
      await answer("A name, or the folder", "train");
      await choose("3.11");
      await choose("Nothing but Python");
      await waitFor({ selector: dialog, text: /Create the environment train on box0.*python3\.11 -m venv/s });
      await screenshot("environments-plan", { width: 1280, height: 900 });
      await click({ selector: `${dialog} .monaco-button`, text: "Create" });
      await waitFor(row("Creating the environment train"), { timeout: 20_000 });
      await screenshot("environments-running", { width: 1280, height: 900 });
      await waitFor(notice("train is ready on box0"), { timeout: 60_000 });
      await waitFor(row(/train.*3\.11/));
      assert.ok(existsSync(join(prefix, "bin", "python")));
      await screenshot("environments-created", { width: 1280, height: 900 });
      await click({ selector: ".notifications-toasts .monaco-button", text: "Open Terminal" });
      await textUntil(terminalText, (text) => text.includes("Uses train in this terminal only."), signal);
      await type("command -v python");
      await press("Enter");
      await textUntil(terminalText, (text) => text.replaceAll("\n", "").includes(`${prefix}/bin/python`), signal);
      await screenshot("environments-terminal", { width: 1280, height: 900 });
      await click(row(/train.*3\.11/), { button: "right" });
      await screenshot("environments-menu", { width: 1280, height: 900 });
      await press("Escape");
      await hover(row(/train.*3\.11/));
      await click(onRow("venv environment train", "Show Packages"));
      await waitFor({ selector: ".quick-input-list .monaco-list-row", text: /^pip/ });
      await screenshot("environments-packages", { width: 1280, height: 900 });
      await press("Escape");
      await run("Delete Environment");
      await choose("box0");
      await choose("train");
      await waitFor({ selector: dialog, text: /Delete the environment train on box0.*will be gone.*rm -rf/s });
      await screenshot("environments-delete", { width: 1280, height: 900 });
      await click({ selector: `${dialog} .monaco-button`, text: "Delete" });
      await waitFor(row(/train.*3\.11/), { state: "detached", timeout: 30_000 });
      assert.ok(!existsSync(prefix));
    } finally {
      await server.dispose();
    }
  },
  { deadlineMs: 180_000 },
);
