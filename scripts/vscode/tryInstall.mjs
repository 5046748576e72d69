// Installs a VSIX as a user does, into a VS Code of its own that goes away afterwards.
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { nodePty } from "../nodePty.mjs";
import { ensureVsCode } from "./install.mjs";
import { temporaryFolder } from "./temporary.mjs";

const run = promisify(execFile);

/** Opens a terminal as dist/ssh.cjs does, and prints what stty says about it. It ends once that has been read. */
const openTerminal = `
const { spawn } = require("node:module").createRequire(process.argv[1])(${JSON.stringify(nodePty)});
const terminal = spawn("sh", ["-c", "stty size; read end"], { cols: 91, rows: 23 });
let said = "";
const listening = terminal.onData((text) => {
  said += text;
  if (!said.includes("\\n")) return;
  listening.dispose();
  console.log(process.versions.node + ": " + said.trim());
  terminal.write("\\r");
});
`;

/**
 * @param {string} vsix
 * @returns {Promise<{ listed: string, terminals: { node: string, size: string }[] }>} what VS Code then lists, such as
 *   publisher.name@1.2.3, and the rows and columns of a terminal under VS Code's Node and under this one
 */
export async function installInVsCode(vsix) {
  const { node, serverMain } = await ensureVsCode();
  const temporary = await temporaryFolder("tensorline-install-");
  const extensions = join(temporary.path, "extensions");
  const folders = ["--server-data-dir", join(temporary.path, "data"), "--extensions-dir", extensions];
  const code = (...args) => run(node, [serverMain, "--accept-server-license-terms", ...folders, ...args]);
  try {
    await code("--install-extension", vsix);
    const { stdout } = await code("--list-extensions", "--show-versions");
    const installed = (await readdir(extensions)).find((name) => name.startsWith("tensorline.")) ?? "";
    const bundle = join(extensions, installed, "dist", "ssh.cjs");
    const terminals = [];
    for (const program of [node, process.execPath]) {
      const [version = "", size = ""] = (await run(program, ["-e", openTerminal, bundle])).stdout.trim().split(": ");
      terminals.push({ node: version, size });
    }
    return { listed: stdout.trim().split("\n").at(-1) ?? "", terminals };
  } finally {
    temporary.remove();
  }
}
