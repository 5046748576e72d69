import * as assert from "node:assert/strict";
import { appendFile, copyFile, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSshd } from "../ssh/sshd";
import { accessibility, click, elements, fill, frameText, hover, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";
import { choose, clearAway, dialog, dialogButton, row, run, showViews, stopDemo, textUntil, until } from "./workbench";

const sidebar = 'main.page[data-layout="narrow"]';
const panel = 'main.page[data-layout="wide"]';
const sshConfig = process.env.TENSORLINE_TEST_SSH_CONFIG ?? "";
const tools = join(__dirname, "..", "..", "test", "fixtures", "gpu", "tools");

const sshd = withNvidiaSmi().then((folder) => startSshd({ environment: { PATH: `${folder}:/usr/bin:/bin` } }));

/** A folder with only this stand-in in it: the host is to have one vendor. */
async function withNvidiaSmi(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tensorline-tools-"));
  await symlink(join(tools, "nvidia-smi"), join(folder, "nvidia-smi"));
  return folder;
}

spec("the hosts of the ssh config are there, and one click shows a real host's GPUs live", async ({ signal }) => {
  const { configFile } = await sshd;
  await copyFile(configFile, sshConfig);
  await run("Refresh Hosts");
  await showViews("Hosts", "GPUs");
  await click(row("box"));
  await waitFor({ webview: sidebar, selector: '.gpu[data-gpu="nvidia 0"] .gpu-memory' });
  const readings = () => frameText(sidebar, ".gpu-activity");
  const first = await readings();
  await textUntil(readings, (text) => text !== first, signal);
  await screenshot("sshd-sidebar", { width: 1280, height: 800 });
});

spec("an unknown host key is shown with its fingerprint before anything is sent, then remembered", async () => {
  const server = await sshd;
  const before = server.log().length;
  await click(row("stranger"));
  await waitFor({ selector: dialog, text: /SHA256:[A-Za-z0-9+/]{43}/ });
  assert.doesNotMatch(server.log().slice(before), /Accepted|Failed|userauth/i);
  await screenshot("host-key", { width: 1280, height: 800 });
  await click(dialogButton("Trust and Connect"));
  await waitFor(row(/stranger.*(H100|A100|GPU|free|busy)/));
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
    await run("Refresh Hosts");
    await click(row("changed"));
    await waitFor(row(/changed.*host key changed/));
    await waitFor({ webview: sidebar, text: /another .* key than before|has changed/i });
    assert.doesNotMatch(await accessibility({ webview: sidebar, selector: "main" }), /button "(Connect|Try again)/);
    await click({ webview: sidebar, role: "button", name: "Explain the host key" });
    await waitFor({ selector: dialog, text: /ssh-keygen -R/ });
    await screenshot("host-key-changed", { width: 1280, height: 800 });
    await click(dialogButton("Cancel"));
    assert.doesNotMatch(server.log().slice(before), /Accepted|Failed|userauth/i);
    assert.match(await readFile(knownHosts, "utf8"), /^\[127\.0\.0\.1\]/);
  } finally {
    await server.dispose();
  }
});

spec("the demo fleet: a process ends after a confirmation that names its owner", async ({ signal }) => {
  await run("Try the Demo Fleet");
  await waitFor({ webview: panel, selector: ".process-table tbody tr" });
  await textUntil(
    () => frameText(panel, ".process-table tbody"),
    (text) => text.includes("you"),
    signal,
  );
  await fill({ webview: panel, selector: "#process-filter" }, "train.py");
  let filtered = "";
  const isFiltered = async () => {
    const rows = await elements({ webview: panel, selector: ".process-table tbody tr" });
    filtered = rows[0]?.text ?? "";
    return rows.length === 1 && filtered.includes("train.py");
  };
  await until(isFiltered, "one process is shown", signal);
  const pid = /\d+/.exec(filtered)?.[0] ?? "";
  await hover({ webview: panel, selector: ".process-table tbody tr" });
  await click({ webview: panel, role: "button", name: new RegExp(`Terminate ${pid}`) });
  await waitFor({ selector: dialog, text: new RegExp(`Terminate process ${pid} of alice on lab1`) });
  await screenshot("terminate", { width: 1280, height: 800 });
  await click(dialogButton("Terminate"));
  await waitFor({ webview: panel, text: new RegExp(`Process ${pid} has ended`) });
});

spec("the demo fleet: faults are said in words, and the other GPUs go on", async ({ signal }) => {
  await fill({ webview: panel, selector: "#process-filter" }, "");
  await run("Break the Demo Fleet");
  await choose("Which demo host?", "lab1");
  await choose("What happens to lab1?", "A GPU falls off the bus");
  await waitFor({ webview: panel, text: /fell off the bus/ });
  const others = () => frameText(panel, '.gpu[data-gpu="nvidia 5"] .gpu-power');
  const first = await others();
  await textUntil(others, (text) => text !== first, signal);
  await screenshot("gpu-lost", { width: 1440, height: 900 });
  await run("Break the Demo Fleet");
  await choose("Which demo host?", "lab1");
  const reconnecting = waitFor({ webview: panel, text: /reconnecting/ });
  await Promise.all([reconnecting, choose("What happens to lab1?", "The connection is cut")]);
  await screenshot("reconnecting", { width: 1440, height: 900 });
  const again = await others();
  await textUntil(others, (text) => text !== again, signal);
});

spec("the servers of these specs end, and what they have opened", async () => {
  await stopDemo();
  await clearAway();
  await (await sshd).dispose();
});
