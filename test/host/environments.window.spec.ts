import { copyFile } from "node:fs/promises";
import { startSshd } from "../ssh/sshd";
import { click, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";

const sshConfig = process.env.TENSORLINE_TEST_SSH_CONFIG ?? "";
const row = (name: string | RegExp) => ({ selector: ".part.sidebar .monaco-list-row", text: name });

spec("environments of a host are listed", async () => {
  const server = await startSshd();
  await copyFile(server.configFile, sshConfig);
  await click({ selector: ".part.activitybar .action-label[aria-label^='Tensorline']" });
  await click({ selector: ".part.sidebar .pane-header", text: "Environments" });
  await screenshot("environments-folded", { width: 1280, height: 900 });
  await click({ selector: '.part.sidebar .pane:has([aria-label^="Environments"]) .monaco-list-row:has-text("box") .monaco-tl-twistie' , nth: 0});
  await waitFor(row("train"), { timeout: 20_000 });
  await screenshot("environments", { width: 1280, height: 900 });
  await server.dispose();
});
