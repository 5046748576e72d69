import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startSshd, withoutUsers } from "../ssh/sshd";
import { click, hover, press, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";
import {
  answer,
  choose,
  chooseInMenu,
  clearAway,
  command,
  dialog,
  dialogButton,
  input,
  notice,
  onRow,
  row,
  run,
  showViews,
  stopDemo,
  textUntil,
  twistie,
  typeInTerminal,
} from "./workbench";

const sshConfig = process.env.TENSORLINE_TEST_SSH_CONFIG ?? "";
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
  await choose("Which host?", "box0");
  await choose("Which environment of box0?", "train");
  await answer("Names, separated by spaces", what);
  await click(dialogButton("Install"));
}

spec("an environment is created, used in a terminal and deleted on a real host", async ({ signal, skip }) => {
  if (withoutUsers) skip(withoutUsers);
  const server = await startSshd({ users: [{ shell: "/bin/bash" }] });
  const home = server.users[0]?.home ?? "";
  const prefix = join(home, ".virtualenvs", "train");
  try {
    await copyFile(server.configFile, sshConfig);
    await run("Refresh Hosts");
    await showViews("Environments");
    await click(twistie("box0"));
    await waitFor(row("CUDA and ROCm"));
    await screenshot("environments-real", { width: 1280, height: 900 });
    await hover(row("box0"));
    await click(onRow("box0", "Create Environment"));
    await choose("Create it with what?", "venv");
    await answer("A name, or the folder", "train");
    await choose("which Python?", "3.11");
    await choose("with what in it?", "Nothing but Python");
    await waitFor({ selector: dialog, text: /Create the environment train on box0.*python3\.11 -m venv/s });
    await screenshot("environments-plan", { width: 1280, height: 900 });
    await Promise.all([waitFor(row("Creating the environment train")), click(dialogButton("Create"))]);
    await screenshot("environments-running", { width: 1280, height: 900 });
    await waitFor(row(/train.*3\.11/));
    await command("Notifications: Show Notifications");
    await waitFor(notice("train is ready on box0"));
    assert.ok(existsSync(join(prefix, "bin", "python")));
    await screenshot("environments-created", { width: 1280, height: 900 });
    await click({ selector: ".notifications-center .monaco-button", text: "Open Terminal" });
    await waitFor({ selector: ".terminal-tabs-entry, .single-terminal-tab", text: "box0: train" });
    // What is typed before the shell has the environment waits for it.
    await typeInTerminal("command -v python >which");
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
    await press("Escape", input);
    const site = join(prefix, "lib", "python3.11", "site-packages");
    const inside = async () => (await readdir(site)).sort();
    const packages = await inside();
    await install(join(home, "missing"));
    await command("Notifications: Show Notifications");
    await waitFor(notice(/Installing .*missing in train failed|No package fits/));
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
    await waitFor(notice(/Installing .*endless in train was cancelled/));
    await waitFor(row(/Installing/), { state: "detached" });
    assert.deepEqual(await inside(), packages);
    await run("Delete Environment");
    await choose("Which host?", "box0");
    await choose("Which environment of box0?", "train");
    await waitFor({ selector: dialog, text: /Delete the environment train on box0.*will be gone.*rm -rf/s });
    await screenshot("environments-delete", { width: 1280, height: 900 });
    await click(dialogButton("Delete"));
    await waitFor(row(/train.*3\.11/), { state: "detached" });
    await waitFor(row(/box0.*reading/), { state: "detached" });
    assert.ok(!existsSync(prefix));
    await run("Clean Up Host");
    await choose("Which host?", "box0");
    await waitFor({ selector: dialog, text: /Remove what Tensorline keeps on box0.*state\/tensorline/s });
    await screenshot("environments-clean", { width: 1280, height: 900 });
    await click(dialogButton("Remove"));
    await command("Notifications: Show Notifications");
    await waitFor(notice("What Tensorline kept on box0 is gone."));
    assert.ok(!existsSync(join(home, ".local", "state", "tensorline")));
    await run("Disconnect from Host");
    await choose("Which host?", "box0");
    await clearAway();
  } finally {
    await server.dispose();
  }
});

spec("the demo fleet shows what works, what is broken and why, and what this workspace uses", async () => {
  await writeFile(sshConfig, "");
  await run("Refresh Hosts");
  await run("Try the Demo Fleet");
  await waitFor({ webview: 'main.page[data-layout="wide"]', text: /\d+ \/ 80 GB/ });
  await showViews("Environments");
  await click(twistie("lab1"));
  await waitFor(row(/vision.*3\.12 · torch 2\.13 cu130 · works/));
  await waitFor(row(/old.*broken: its Python is gone/));
  await hover(row(/vision/));
  await waitFor({ selector: ".monaco-hover", text: /vision \(conda\)/ });
  await screenshot("environments-hover", { width: 1280, height: 900 });
  await click(row(/vision/), { button: "right" });
  await chooseInMenu("Use Environment for This Workspace");
  await waitFor(row(/vision.*this workspace · 3\.12/));
  await click(twistie("CUDA and ROCm"));
  await waitFor(row(/CUDA 13\.0.*active/));
  await run("Switch Toolkit");
  await choose("Which host?", "lab1");
  await choose("Which toolkit of lab1?", "CUDA 13.0");
  await waitFor(row(/CUDA 13\.0.*this workspace/));
  await screenshot("environments-chosen", { width: 1280, height: 900 });
  await run("Verify Environment");
  await choose("Which host?", "lab1");
  await choose("Which environment of lab1?", "vision");
  await waitFor({ webview: ".markdown-body", text: "the demo fleet has no real PyTorch" });
  await screenshot("environments-verify", { width: 1280, height: 900 });
  await run("Create Working PyTorch Environment");
  await choose("Which host?", "lab1");
  await answer("A name, or the folder", "torch");
  await waitFor({ selector: dialog, text: /Create the environment torch on lab1.*download\.pytorch\.org/s });
  await screenshot("environments-pytorch", { width: 1280, height: 900 });
  await click(dialogButton("Cancel"));
  await stopDemo();
  await clearAway();
});
