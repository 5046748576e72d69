import * as assert from "node:assert/strict";
import { appendFile, copyFile, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSshd } from "../ssh/sshd";
import { accessibility, click, elements, fill, frameText, hover, press, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";
import { textUntil } from "./text";

const sidebar = 'main.page[data-layout="narrow"]';
const panel = 'main.page[data-layout="wide"]';
const row = (name: string | RegExp) => ({ selector: ".part.sidebar .monaco-list-row", text: name });
const sshConfig = process.env.TENSORLINE_TEST_SSH_CONFIG ?? "";
const tools = join(__dirname, "..", "..", "test", "fixtures", "gpu", "tools");
const dialog = ".monaco-dialog-box";

const sshd = withNvidiaSmi().then((folder) => startSshd({ environment: { PATH: `${folder}:/usr/bin:/bin` } }));

/** A folder with only this stand-in in it: the host is to have one vendor. */
async function withNvidiaSmi(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tensorline-tools-"));
  await symlink(join(tools, "nvidia-smi"), join(folder, "nvidia-smi"));
  return folder;
}

/** A click on the icon would hide what is shown already. */
async function openTensorline(): Promise<void> {
  const icon = { selector: ".part.activitybar .action-label[aria-label^='Tensorline']" };
  await waitFor(icon);
  const views = await elements({ selector: '.part.sidebar .pane-header[aria-label^="Hosts"]' });
  if (!views.some(({ visible }) => visible)) await click(icon);
  await unfoldHosts();
}

/** Of the views only hosts and GPUs are unfolded, whatever earlier specs left. */
async function unfoldHosts(): Promise<void> {
  for (const view of ["Environments", "Jobs", "Hosts", "GPUs"]) {
    const header = { selector: `.part.sidebar .pane-header[aria-label^="${view}"]` };
    await waitFor(header);
    const [found] = await elements(header);
    if (found?.attributes["aria-expanded"] !== String(view === "Hosts" || view === "GPUs")) await click(header);
  }
}

async function runCommand(title: string): Promise<void> {
  await waitFor({ selector: ".part.activitybar .action-label[aria-label^='Tensorline']" });
  await press("F1");
  await fill({ selector: ".quick-input-box input" }, `>${title}`);
  await waitFor({ selector: ".quick-input-list .monaco-list-row.focused", text: title });
  await press("Enter");
}

/** Chooses in a quick pick as a person at the keyboard does. */
async function pick(label: string): Promise<void> {
  await waitFor({ selector: ".quick-input-list .monaco-list-row", text: label });
  await fill({ selector: ".quick-input-box input" }, label);
  await waitFor({ selector: ".quick-input-list .monaco-list-row.focused", text: label });
  await press("Enter");
}

spec("the hosts of the ssh config are there, and one click shows a real host's GPUs live", async ({ signal }) => {
  const { configFile } = await sshd;
  await copyFile(configFile, sshConfig);
  await openTensorline();
  await runCommand("Tensorline: Refresh Hosts");
  await click(row("box"));
  await waitFor({ webview: sidebar, selector: '.gpu[data-gpu="nvidia 0"] .gpu-memory' }, { timeout: 30_000 });
  const readings = () => frameText(sidebar, ".gpu-activity");
  const first = await readings();
  await textUntil(readings, (text) => text !== first, signal);
  await screenshot("sshd-sidebar", { width: 1280, height: 800 });
});

spec("an unknown host key is shown with its fingerprint before anything is sent, then remembered", async () => {
  const server = await sshd;
  const before = server.log().length;
  await click(row("stranger"));
  await waitFor({ selector: dialog, text: /SHA256:[A-Za-z0-9+/]{43}/ }, { timeout: 20_000 });
  assert.doesNotMatch(server.log().slice(before), /Accepted|Failed|userauth/i);
  await screenshot("host-key", { width: 1280, height: 800 });
  await click({ selector: `${dialog} .monaco-button`, text: "Trust and Connect" });
  await waitFor(row(/stranger.*(H100|A100|GPU|free|busy)/), { timeout: 30_000 });
});

spec("a changed host key is refused and explained, without a way to connect anyway", async () => {
  const server = await startSshd();
  try {
    const knownHosts = join(server.folder, "changed_known_hosts");
    await writeFile(knownHosts, `[127.0.0.1]:${server.port} ${(await sshd).hostKeys[0]?.publicKey ?? ""}\n`);
    await appendFile(
      sshConfig,
      `\nHost changed\n  HostName 127.0.0.1\n  Port ${server.port}\n  IdentityFile ${server.userKeyFile}\n  UserKnownHostsFile ${knownHosts}\n  GlobalKnownHostsFile none\n`,
    );
    const before = server.log().length;
    await runCommand("Tensorline: Refresh Hosts");
    await click(row("changed"));
    await waitFor(row(/changed.*host key changed/), { timeout: 20_000 });
    assert.match(await frameText(sidebar), /another .* key than before|has changed/i);
    assert.doesNotMatch(await accessibility({ webview: sidebar, selector: "main" }), /button "(Connect|Try again)/);
    await click({ webview: sidebar, role: "button", name: "Explain the host key" });
    await waitFor({ selector: dialog, text: /ssh-keygen -R/ });
    await screenshot("host-key-changed", { width: 1280, height: 800 });
    await press("Escape");
    assert.doesNotMatch(server.log().slice(before), /Accepted|Failed|userauth/i);
    assert.match(await readFile(knownHosts, "utf8"), /^\[127\.0\.0\.1\]/);
  } finally {
    await server.dispose();
  }
});

spec("the demo fleet: a process ends after a confirmation that names its owner", async ({ signal }) => {
  await runCommand("Tensorline: Try the Demo Fleet");
  await waitFor({ webview: panel, selector: ".process-table tbody tr" }, { timeout: 30_000 });
  await textUntil(
    () => frameText(panel, ".process-table tbody"),
    (text) => text.includes("you"),
    signal,
  );
  await fill({ webview: panel, selector: "#process-filter" }, "train.py");
  const [first] = await elements({ webview: panel, selector: ".process-table tbody tr" });
  const pid = /\d+/.exec(first?.text ?? "")?.[0] ?? "";
  await hover({ webview: panel, selector: ".process-table tbody tr" });
  await click({ webview: panel, role: "button", name: new RegExp(`Terminate ${pid}`) });
  await waitFor({ selector: dialog, text: new RegExp(`Terminate process ${pid} of alice on lab1`) });
  await screenshot("terminate", { width: 1280, height: 800 });
  await click({ selector: `${dialog} .monaco-button`, text: "Terminate" });
  await waitFor({ webview: panel, text: new RegExp(`Process ${pid} has ended`) }, { timeout: 20_000 });
});

spec("the demo fleet: faults are said in words, and the other GPUs go on", async ({ signal }) => {
  await fill({ webview: panel, selector: "#process-filter" }, "");
  await runCommand("Tensorline: Break the Demo Fleet");
  await pick("lab1");
  await pick("A GPU falls off the bus");
  await waitFor({ webview: panel, text: /fell off the bus/ }, { timeout: 20_000 });
  const others = () => frameText(panel, '.gpu[data-gpu="nvidia 5"] .gpu-power');
  const first = await others();
  await textUntil(others, (text) => text !== first, signal);
  await screenshot("gpu-lost", { width: 1440, height: 900 });
  await runCommand("Tensorline: Break the Demo Fleet");
  await pick("lab1");
  await pick("The connection is cut");
  await waitFor({ webview: panel, text: /reconnecting/ }, { timeout: 20_000 });
  await screenshot("reconnecting", { width: 1440, height: 900 });
  const again = await others();
  await textUntil(others, (text) => text !== again, signal);
});

spec("the servers of these specs end", async () => {
  await (await sshd).dispose();
});
