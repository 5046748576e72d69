import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
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
const notice = (text: string | RegExp) => ({ selector: ".notifications-center .notification-list-item", text });
const twistie = (name: string) => ({
  selector: `.part.sidebar .monaco-list-row:has-text("${name}") .monaco-tl-twistie`,
  nth: -1,
});
const onRow = (label: string, action: string) => ({
  selector: `.part.sidebar .monaco-list-row[aria-label^="${label}"] .action-label[aria-label^="${action}"]`,
});

/** Whatever a spec before has left open. */
async function openTensorline(): Promise<void> {
  const icon = { selector: ".part.activitybar .action-label[aria-label^='Tensorline']" };
  await waitFor(icon);
  const views = await elements({ selector: '.part.sidebar .pane-header[aria-label^="Environments"]' });
  if (!views.some(({ visible }) => visible)) await click(icon);
}

/** Only the Environments view is unfolded, so that its rows have room. */
async function unfoldEnvironments(isUnfolded = true): Promise<void> {
  for (const view of ["Hosts", "GPUs", "Environments"]) {
    const wanted = String((view === "Environments") === isUnfolded);
    const header = { selector: `.part.sidebar .pane-header[aria-label^="${view}"]` };
    await waitFor(header);
    const [found] = await elements(header);
    if (found?.attributes["aria-expanded"] !== wanted) await click(header);
  }
}

/** The window as it was, for the specs that come after. */
async function leave(): Promise<void> {
  await press("Escape");
  await unfoldEnvironments(false);
  for (const title of [
    "View: Close All Editors",
    "Notifications: Clear All Notifications",
    "Terminal: Kill All Terminals",
  ]) {
    await command(title);
  }
  await command("View: Show Explorer");
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

async function command(title: string): Promise<void> {
  await press("F1");
  await fill(input, `>${title}`);
  await waitFor(focused(title.replace(/^.*: /, "")));
  await press("Enter");
}

/** A project whose build never ends, and needs no network. */
async function writeEndlessProject(folder: string, user: string): Promise<void> {
  await mkdir(folder);
  const build = '[build-system]\nrequires = []\nbuild-backend = "endless"\nbackend-path = ["."]\n';
  await writeFile(join(folder, "pyproject.toml"), build);
  const python = `import os, time\n\ndef build_wheel(*words, **more):\n    open(${JSON.stringify(join(folder, "begun"))}, "w").write("begun")\n    time.sleep(3600)\n`;
  await writeFile(join(folder, "endless.py"), python);
  execFileSync("chown", ["-R", user, folder]);
}

async function install(what: string): Promise<void> {
  await run("Install Packages");
  await choose("box0");
  await choose("train");
  await answer("Names, separated by spaces", what);
  await click({ selector: `${dialog} .monaco-button`, text: "Install" });
}

const run = (title: string) => command(`Tensorline: ${title}`);

spec(
  "an environment is created, used in a terminal and deleted on a real host",
  async ({ signal, skip }) => {
    if (withoutUsers) skip(withoutUsers);
    const server = await startSshd({ users: [{ shell: "/bin/bash" }] });
    const home = server.users[0]?.home ?? "";
    const prefix = join(home, ".virtualenvs", "train");
    try {
      await copyFile(server.configFile, sshConfig);
      await openTensorline();
      await run("Refresh Hosts");
      await unfoldEnvironments();
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
      await waitFor(row(/train.*3\.11/), { timeout: 60_000 });
      // VS Code shows no message by itself while a test drives it.
      await command("Notifications: Show Notifications");
      await waitFor(notice("train is ready on box0"), { timeout: 20_000 });
      assert.ok(existsSync(join(prefix, "bin", "python")));
      await screenshot("environments-created", { width: 1280, height: 900 });
      await click({ selector: ".notifications-center .monaco-button", text: "Open Terminal" });
      await waitFor({ selector: ".terminal-tabs-entry, .single-terminal-tab", text: "box0: train" });
      // What is typed before the shell has the environment waits for it.
      await type("command -v python >which");
      await press("Enter");
      const which = () => readFile(join(home, "which"), "utf8").catch(() => "");
      await textUntil(which, (text) => text === `${prefix}/bin/python\n`, signal);
      await screenshot("environments-terminal", { width: 1280, height: 900 });
      await click(row(/train.*3\.11/), { button: "right" });
      await screenshot("environments-menu", { width: 1280, height: 900 });
      await press("Escape");
      await hover(row(/train.*3\.11/));
      await click(onRow("venv environment train", "Show Packages"));
      await waitFor({ selector: ".quick-input-list .monaco-list-row", text: /^pip/ });
      await screenshot("environments-packages", { width: 1280, height: 900 });
      await press("Escape");
      const site = join(prefix, "lib", "python3.11", "site-packages");
      const inside = async () => (await readdir(site)).sort();
      const packages = await inside();
      await install(join(home, "missing"));
      await command("Notifications: Show Notifications");
      await waitFor(notice(/Installing .*missing in train failed|No package fits/), { timeout: 60_000 });
      await screenshot("environments-failed", { width: 1280, height: 900 });
      assert.deepEqual(await inside(), packages);
      await writeEndlessProject(join(home, "endless"), server.users[0]?.name ?? "");
      await install(join(home, "endless"));
      const begun = () => readFile(join(home, "endless", "begun"), "utf8").catch(() => "");
      await textUntil(begun, (text) => text === "begun", signal);
      await hover(row(/Installing .*endless/));
      await screenshot("environments-installing", { width: 1280, height: 900 });
      await click(onRow("Installing", "Cancel Operation"));
      await command("Notifications: Show Notifications");
      await waitFor(notice(/Installing .*endless in train was cancelled/), { timeout: 60_000 });
      await waitFor(row(/Installing/), { state: "detached" });
      assert.deepEqual(await inside(), packages);
      await run("Delete Environment");
      await choose("box0");
      await choose("train");
      await waitFor({ selector: dialog, text: /Delete the environment train on box0.*will be gone.*rm -rf/s });
      await screenshot("environments-delete", { width: 1280, height: 900 });
      await click({ selector: `${dialog} .monaco-button`, text: "Delete" });
      await waitFor(row(/train.*3\.11/), { state: "detached", timeout: 30_000 });
      assert.ok(!existsSync(prefix));
      await run("Clean Up Host");
      await choose("box0");
      await waitFor({ selector: dialog, text: /Remove what Tensorline keeps on box0.*state\/tensorline/s });
      await screenshot("environments-clean", { width: 1280, height: 900 });
      await click({ selector: `${dialog} .monaco-button`, text: "Remove" });
      await command("Notifications: Show Notifications");
      await waitFor(notice("What Tensorline kept on box0 is gone"), { timeout: 20_000 });
      assert.ok(!existsSync(join(home, ".local", "state", "tensorline")));
      await run("Disconnect from Host");
      await choose("box0");
      await leave();
    } finally {
      await server.dispose();
    }
  },
  { deadlineMs: 180_000 },
);

spec(
  "the demo fleet shows what works, what is broken and why, and what this workspace uses",
  async () => {
    await writeFile(sshConfig, "");
    await openTensorline();
    await run("Try the Demo Fleet");
    await waitFor(row("lab1"), { timeout: 30_000 });
    await unfoldEnvironments();
    await click(twistie("lab1"));
    await waitFor(row(/vision.*3\.12 · torch 2\.13 cu130 · works/), { timeout: 30_000 });
    await waitFor(row(/old.*broken: its Python is gone/));
    await hover(row(/vision/));
    await waitFor({ selector: ".monaco-hover", text: /vision \(conda\)/ });
    await screenshot("environments-hover", { width: 1280, height: 900 });
    await click(row(/vision/), { button: "right" });
    await hover({ selector: ".monaco-menu .action-label[aria-label='Use Environment for This Workspace']" });
    await screenshot("environments-menu", { width: 1280, height: 900 });
    await press("Enter");
    await waitFor(row(/vision.*this workspace · 3\.12/));
    await click(twistie("CUDA and ROCm"));
    await waitFor(row(/CUDA 13\.0.*active/));
    await run("Switch Toolkit");
    await choose("lab1");
    await choose("CUDA 13.0");
    await waitFor(row(/CUDA 13\.0.*this workspace/));
    await screenshot("environments-chosen", { width: 1280, height: 900 });
    await run("Verify Environment");
    await choose("lab1");
    await choose("vision");
    await waitFor({ webview: ".markdown-body", text: "the demo fleet has no real PyTorch" }, { timeout: 60_000 });
    await screenshot("environments-verify", { width: 1280, height: 900 });
    await run("Create Working PyTorch Environment");
    await choose("lab1");
    await answer("A name, or the folder", "torch");
    await waitFor({ selector: dialog, text: /Create the environment torch on lab1.*download\.pytorch\.org/s });
    await screenshot("environments-pytorch", { width: 1280, height: 900 });
    await press("Escape");
    await run("Stop the Demo Fleet");
    await leave();
  },
  { deadlineMs: 180_000 },
);
