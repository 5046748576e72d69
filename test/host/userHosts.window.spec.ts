import * as assert from "node:assert/strict";
import { appendFile, copyFile, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { startSshd, withoutUsers } from "../ssh/sshd";
import { click, press, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";
import {
  answer,
  choose as chooseTyped,
  command,
  dialog,
  dialogButton,
  input,
  notice,
  option,
  row,
  run,
  showViews,
  textUntil,
} from "./workbench";

const sshConfig = process.env.TENSORLINE_TEST_SSH_CONFIG ?? "";
const managed = join(dirname(sshConfig), "tensorline.conf");
const password = "wordpass 1";
const size = { width: 1280, height: 800 };

const sshd =
  withoutUsers === undefined
    ? startSshd({
        config: ["AuthorizedKeysFile .ssh/authorized_keys", "StrictModes yes", "PasswordAuthentication yes"],
        users: [{ password }],
      })
    : undefined;

async function server(skip: (reason: string) => never) {
  return (await sshd) ?? skip(withoutUsers ?? "no server");
}

async function runOnHost(title: string, host: string): Promise<void> {
  await run(title);
  await chooseTyped("Which host?", host);
}

/** By mouse: what is typed is found in other rows, too. */
async function choose(title: string | RegExp, label: string | RegExp): Promise<void> {
  await waitFor({ selector: ".quick-input-title", text: title });
  await click(option(label));
}

spec("a pasted ssh command becomes a host: tried out, shown as a change, then saved", async ({ skip }) => {
  const { port, users, configFile, folder } = await server(skip);
  await copyFile(configFile, sshConfig);
  await run("Refresh Hosts");
  await showViews("Hosts");
  await run("Add Host");
  await answer("Add a host", `ssh -p ${port} ${users[0]?.name}@127.0.0.1 -i ${join(folder, "laptop", "id_lab")}`);
  await choose("Add a host", "Name");
  await answer("Name of 127.0.0.1", "lab 9");
  await waitFor({ selector: ".quick-input-message", text: /cannot be the name/ });
  await answer("Name of 127.0.0.1", "lab9");
  await waitFor(option(/Address.*127\.0\.0\.1/));
  await screenshot("hosts-form", size);
  await choose("Add a host", "Test");
  await click(dialogButton("Trust and Connect"));
  await answer("Password for", password);
  await waitFor(option(/log-in.*it lets you in/));
  await screenshot("hosts-tested", size);
  await assert.rejects(stat(managed), { code: "ENOENT" });
  await choose("Add a host", "Save");
  await waitFor({ selector: ".quick-input-title", text: "Save lab9" });
  await waitFor({ selector: ".editor-instance", text: /Include/ });
  await screenshot("hosts-diff", size);
  await assert.rejects(stat(managed), { code: "ENOENT" });
  await click(option("Save"));
  await answer("Password for", password);
  await waitFor(row(/lab9.*(no GPUs|free|busy|connected)/));
  assert.match(
    await readFile(managed, "utf8"),
    /\nHost lab9\n {2}HostName 127\.0\.0\.1\n {2}User tl\w+\n {2}Port \d+\n {2}IdentityFile \S+\n$/,
  );
  const text = await readFile(sshConfig, "utf8");
  assert.match(text, new RegExp(`^Include ${managed}\n`));
  assert.equal(text.slice(text.indexOf("\n") + 1), await readFile(configFile, "utf8"));
  assert.equal(await readFile(`${sshConfig}.tensorline-backup`, "utf8"), await readFile(configFile, "utf8"));
  await waitFor({ selector: ".tab", text: "Save lab9" }, { state: "detached" });
  await screenshot("hosts-saved", size);
});

spec("a log-in by key is explained, set up, proven and undone", async ({ skip }) => {
  const { users, folder } = await server(skip);
  const authorized = join(users[0]?.home ?? "", ".ssh", "authorized_keys");
  await runOnHost("Set Up Key Login", "lab9");
  await waitFor(option(/Make a New Key/));
  await screenshot("key-choice", size);
  await choose("Log in with which key?", "Make a New Key");
  await answer("Passphrase for the new key", "");
  await waitFor({ selector: dialog, text: /This line is added/ });
  await screenshot("key-confirm", size);
  await assert.rejects(stat(authorized), { code: "ENOENT" });
  await click(dialogButton("Add the Key"));
  await command("Notifications: Show Notifications");
  await waitFor(notice(/with this key alone worked/));
  await screenshot("key-done", size);
  const line = await readFile(join(folder, "laptop", "id_lab.pub"), "utf8");
  assert.equal(await readFile(authorized, "utf8"), line);
  await click({ selector: ".notifications-center .monaco-button", text: "Remove This Key from the Host" });
  await command("Notifications: Show Notifications");
  await waitFor(notice(/The key is gone/));
  assert.equal(await readFile(authorized, "utf8"), "");
});

spec(
  "a host of the user's own file is not rewritten: it can be opened there or overridden",
  async ({ skip, signal }) => {
    await server(skip);
    const before = await readFile(sshConfig, "utf8");
    await runOnHost("Edit Host", "box0");
    await waitFor(option(/Override It/));
    await screenshot("hosts-own", size);
    await choose(/stands in your own ssh config/, "Override It");
    await choose("Override box0", "Port");
    await answer("Port of box0", "2200");
    await choose("Override box0", "Save");
    await choose("Save box0", "Save");
    await textUntil(
      () => readFile(managed, "utf8"),
      (text) => /\nHost box0\n {2}Port 2200\n$/.test(text),
      signal,
    );
    await waitFor(row(/box0.*(refused|offline)/));
    assert.equal(await readFile(sshConfig, "utf8"), before);
  },
);

spec("what is removed is shown first, and only that goes", async ({ skip }) => {
  await server(skip);
  await appendFile(managed, "\n# a note\n");
  for (const name of ["box0", "lab9"]) {
    await runOnHost("Remove Host", name);
    await waitFor({ selector: ".quick-input-title", text: `Remove ${name}` });
    if (name === "lab9") await screenshot("hosts-remove", size);
    await choose(`Remove ${name}`, "Remove");
    await waitFor({ selector: ".tab", text: `Remove ${name}` }, { state: "detached" });
  }
  await waitFor(row("lab9"), { state: "detached" });
  assert.match(await readFile(managed, "utf8"), /^#.*\n#.*\n\n# a note\n$/);
});

spec("a plain address is remembered without touching a file", async ({ skip }) => {
  const { port } = await server(skip);
  const before = await readFile(sshConfig, "utf8");
  await run("Add Host");
  await answer("Add a host", `nobody@127.0.0.1:${port}`);
  await choose("Add a host", "Just Remember It");
  await waitFor(row(`nobody@127.0.0.1:${port}`));
  assert.equal(await readFile(sshConfig, "utf8"), before);
  await waitFor({ selector: `.quick-input-title`, text: "Password for nobody" });
  await press("Escape", input);
  await runOnHost("Remove Host", `nobody@127.0.0.1:${port}`);
  await click(dialogButton("Remove"));
  await waitFor(row(`nobody@127.0.0.1:${port}`), { state: "detached" });
});

spec("the server of these specs ends", async ({ skip }) => {
  await (await server(skip)).dispose();
});
