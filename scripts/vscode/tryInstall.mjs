// Installs a VSIX as a user does, into a VS Code of its own that goes away afterwards.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureVsCode } from "./install.mjs";
import { temporaryFolder } from "./temporary.mjs";

const run = promisify(execFile);

/**
 * @param {string} vsix
 * @returns {Promise<string>} what VS Code then lists, such as publisher.name@1.2.3
 */
export async function installInVsCode(vsix) {
  const { node, serverMain } = await ensureVsCode();
  const temporary = await temporaryFolder("tensorline-install-");
  const folders = [
    ...["--server-data-dir", join(temporary.path, "data")],
    ...["--extensions-dir", join(temporary.path, "extensions")],
  ];
  const code = (...args) => run(node, [serverMain, "--accept-server-license-terms", ...folders, ...args]);
  try {
    await code("--install-extension", vsix);
    const { stdout } = await code("--list-extensions", "--show-versions");
    return stdout.trim().split("\n").at(-1) ?? "";
  } finally {
    temporary.remove();
  }
}
