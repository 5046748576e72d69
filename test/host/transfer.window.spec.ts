import * as assert from "node:assert/strict";
import { copyFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { startSshd } from "../ssh/sshd";
import { press, screenshot, waitFor } from "./harness/control";
import { spec } from "./harness/spec";
import { answer, choose, clearAway, command, focused, input, notice, run } from "./workbench";

const sshConfig = process.env.TENSORLINE_TEST_SSH_CONFIG ?? "";

spec("a workspace is synced to a host after its plan was shown, and the next time nothing has changed", async () => {
  const server = await startSshd();
  try {
    await copyFile(server.configFile, sshConfig);
    const to = join(server.folder, "project");
    await run("Sync Folder to Host");
    await choose("Which host?", "box");
    await answer(/becomes there/, to);
    await waitFor(focused(/Sync \d+ files? \(/));
    await screenshot("sync-plan", { width: 1280, height: 800 });
    await press("Enter", input);
    await command("Notifications: Show Notifications");
    await waitFor(notice(/Synced/));
    assert.deepEqual(await readdir(to), ["train.py"]);
    await run("Sync Folder to Host");
    await waitFor(focused("Nothing changed"));
    await press("Escape", input);
    await clearAway();
  } finally {
    await server.dispose();
  }
});
