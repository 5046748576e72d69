import * as assert from "node:assert/strict";
import { existsSync, watch } from "node:fs";
import { copyFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { startSshd } from "../ssh/sshd";
import { fill, press, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";

const sshConfig = process.env.TENSORLINE_TEST_SSH_CONFIG ?? "";
const input = { selector: ".quick-input-box input" };
const focused = (text: string | RegExp) => ({ selector: ".quick-input-list .monaco-list-row.focused", text });

spec("a workspace is synced to a host after its plan was shown, and the next time nothing has changed", async () => {
  const server = await startSshd();
  try {
    await copyFile(server.configFile, sshConfig);
    const to = join(server.folder, "project");
    await waitFor({ selector: ".part.activitybar .action-label[aria-label^='Tensorline']" });
    const run = async (title: string) => {
      await press("F1");
      await fill(input, `>${title}`);
      await waitFor(focused(title));
      await press("Enter");
    };
    await run("Sync Folder to Host");
    await waitFor({ selector: ".quick-input-list .monaco-list-row", text: "box" }, { timeout: 20_000 });
    await fill(input, "box");
    await waitFor(focused("box"));
    await press("Enter");
    await waitFor({ selector: ".quick-input-widget", text: /becomes there/ });
    await fill(input, to);
    await press("Enter");
    await waitFor(focused(/Sync \d+ files? \(/), { timeout: 30_000 });
    await screenshot("sync-plan", { width: 1280, height: 800 });
    const arrived = new Promise<void>((resolve) => {
      const watching = watch(dirname(to), () => {
        if (!existsSync(to)) return;
        watching.close();
        resolve();
      });
    });
    await press("Enter");
    await arrived;
    assert.deepEqual(await readdir(to), ["train.py"]);
    await run("Sync Folder to Host");
    await waitFor(focused("Nothing changed"), { timeout: 30_000 });
    await press("Escape");
  } finally {
    await server.dispose();
  }
});
