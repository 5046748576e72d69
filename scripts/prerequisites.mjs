// What the commands need before anything else runs. Only Node's own modules: a fresh clone has nothing else yet.
import { execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The root folder of the repository. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Runs a program with the terminal's own input and output.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<void>} rejects with a sentence when the program cannot start or does not exit with 0
 */
export function runVisibly(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", ...options });
    child.on("error", (cause) => reject(new Error(`${command} could not be started: ${cause.message}`, { cause })));
    child.on("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${[command, ...args].join(" ")} ended with ${signal ?? `exit code ${code}`}.`));
    });
  });
}

/**
 * How to start npm. Under `npm run` it is the same npm, run by the given Node: no shell and no npm.cmd on Windows.
 * @param {string} [node] the Node that runs it
 * @returns {{ command: string, args: string[], shell: boolean }}
 */
export function npmCommand(node = process.execPath) {
  const script = process.env.npm_execpath;
  if (script?.endsWith(".js")) return { command: node, args: [script], shell: false };
  return { command: "npm", args: [], shell: process.platform === "win32" };
}

/**
 * Makes node_modules hold what package-lock.json says, with `npm ci` when it does not.
 * @param {{ log?: (line: string) => void }} [options]
 */
export async function ensureDependencies({ log = console.log } = {}) {
  if (await dependenciesMatchLock()) return;
  log("Installing the dependencies of package-lock.json (npm ci) …");
  const npm = npmCommand();
  await runVisibly(npm.command, [...npm.args, "ci", "--no-audit"], { shell: npm.shell });
}

/** npm records what it installed in a hidden lock file. Optional packages are left out there for other platforms. */
async function dependenciesMatchLock() {
  const installed = await readPackages(join(root, "node_modules", ".package-lock.json"));
  const wanted = await readPackages(join(root, "package-lock.json"));
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(
    ([path, entry]) => path === "" || (installed[path] ? installed[path].version === entry.version : entry.optional),
  );
}

/** @returns {Promise<Record<string, { version: string, optional?: boolean }> | undefined>} */
async function readPackages(file) {
  try {
    return JSON.parse(await readFile(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

let listsUpdated;

/**
 * Installs Debian packages where that needs no password: as root, or with sudo on a CI machine.
 * @param {string[]} packages
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<string[]>} the packages that are still missing: none when all is well
 */
export async function ensureDebianPackages(packages, { log = console.log } = {}) {
  const missing = await missingDebianPackages(packages);
  const apt = missing.length > 0 ? await aptCommand() : undefined;
  if (!apt) return missing;
  log(`Installing ${missing.join(", ")} with apt-get …`);
  const apply = (...args) => run(apt[0], [...apt.slice(1), ...args], { maxBuffer: 1 << 26 });
  try {
    listsUpdated ??= apply("update", "-q");
    await listsUpdated;
    await apply("install", "-y", "-q", "--no-install-recommends", ...missing);
  } catch (cause) {
    log(`apt-get failed: ${String(cause.stderr || cause.message).trim()}`);
  }
  return missingDebianPackages(missing);
}

async function missingDebianPackages(packages) {
  const installed = await Promise.all(
    packages.map((name) =>
      // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholder
      run("dpkg-query", ["-W", "-f=${db:Status-Status}", name]).then(
        ({ stdout }) => stdout === "installed",
        () => false,
      ),
    ),
  );
  return packages.filter((_, index) => !installed[index]);
}

/** @returns {Promise<string[] | undefined>} the command line that apt-get can be run with, if there is one */
async function aptCommand() {
  const apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
  const works = (argv) =>
    run(argv[0], [...argv.slice(1), "--version"]).then(
      () => argv,
      () => undefined,
    );
  if (process.getuid?.() === 0) return works(apt);
  return process.env.CI ? works(["sudo", "-n", ...apt]) : undefined;
}
