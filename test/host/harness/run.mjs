// Runs the host specs (test/host/*.spec.ts) inside a real VS Code and tells what happened.
// node test/host/harness/run.mjs [FILTER]: only the specs whose "file: name" contains FILTER.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "../../../scripts/prerequisites.mjs";
import { controlVariable, startControl } from "../../../scripts/vscode/control.mjs";
import { pageActions } from "../../../scripts/vscode/pageActions.mjs";
import { startVsCode } from "../../../scripts/vscode.mjs";

const specFolder = join(root, "test", "host");
const artifacts = join(root, "test", "artifacts");
/** Files with this ending get a VS Code of their own, in restricted mode. */
const restrictedEnding = ".restricted.spec.ts";
/** How long the extension host may say nothing beyond the deadline of the spec that it runs. */
const graceMs = 60_000;

/**
 * Runs every spec file: those of a trusted workspace in one VS Code, those for restricted mode in another.
 * @param {object} [options]
 * @param {string} [options.filter]
 * @param {string} [options.extensionPath] the folder of the extension's package.json
 * @param {Record<string, string>} [options.env] additions for the extension host
 * @param {Record<string, unknown>} [options.userSettings]
 * @param {Record<string, string>} [options.workspace] the files of the workspace folder, text by name
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>} failed counts a VS Code that ended too early as one
 */
export async function runHostSpecs(options = {}) {
  const files = (await readdir(specFolder)).filter((name) => name.endsWith(".spec.ts")).sort();
  const results = [];
  for (const trusted of [true, false]) {
    const chosen = files.filter((name) => name.endsWith(restrictedEnding) !== trusted);
    if (chosen.length > 0) results.push(...(await runFiles(chosen, { ...options, trusted })));
  }
  const count = (outcome) => results.filter((result) => result.outcome === outcome).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
}

async function runFiles(
  files,
  { filter = "", trusted, extensionPath = root, env = {}, userSettings, workspace, log = console.log },
) {
  const results = [];
  const watchdog = startWatchdog();
  const add = (result) => {
    watchdog.expect("the next spec", graceMs);
    results.push(result);
    log(describe(result));
  };
  const begin = ({ file, name, deadlineMs }) => watchdog.expect(`${file}: ${name}`, deadlineMs + graceMs);
  const testsPath = await bundle(files, filter, trusted ? "trusted" : "restricted");
  const workspaceFolder = await makeWorkspace(workspace);
  const actions = { begin, result: add };
  const control = await startControl(actions);
  try {
    const launch = process.env.VSCODE_EXECUTABLE_PATH ? runDesktop : runServer;
    const ending = await launch({
      extensionPath,
      workspaceFolder,
      testsPath,
      trusted,
      userSettings,
      env: { ...env, [controlVariable]: control.url },
      actions,
      watchdog,
      log,
    });
    if (ending)
      add({
        file: "VS Code",
        name: trusted ? "runs the specs" : "runs the restricted specs",
        outcome: "failed",
        detail: ending,
      });
  } finally {
    watchdog.stop();
    control.close();
    await rm(workspaceFolder, { recursive: true, force: true });
  }
  return results;
}

/** An extension host that is killed or hangs reports nothing: `silence` then rejects and says what was awaited. */
function startWatchdog() {
  let timer;
  let fail;
  const silence = new Promise((_, reject) => {
    fail = reject;
  });
  silence.catch(() => {});
  const expect = (what, milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(() => fail(new Error(`The extension host fell silent while it ran ${what}.`)), milliseconds);
  };
  return { silence, expect, stop: () => clearTimeout(timer) };
}

/** @returns {Promise<string | undefined>} what went wrong with VS Code itself */
async function runServer(options) {
  options.watchdog.expect("the first spec", graceMs);
  const vscode = await startVsCode({
    ...options,
    beforeLoad: (started) => Object.assign(options.actions, pageActions(started, artifacts)),
  });
  try {
    const code = await Promise.race([vscode.exit, options.watchdog.silence]);
    return code === 0 ? undefined : `The extension host ended with ${code}.\n${vscode.logs.slice(-40).join("\n")}`;
  } catch (cause) {
    return cause.message;
  } finally {
    await mkdir(artifacts, { recursive: true });
    await writeFile(
      join(artifacts, `vscode-${options.trusted ? "trusted" : "restricted"}.log`),
      `${vscode.logs.join("\n")}\n`,
    );
    await vscode.close();
  }
}

/** VS Code desktop: the same specs, but nothing here can drive its window, so what needs that is skipped by name. */
async function runDesktop({ extensionPath, workspaceFolder, testsPath, trusted, env }) {
  const { runTests } = await import("@vscode/test-electron");
  const userData = await mkdtemp(join(tmpdir(), "tensorline-"));
  try {
    await runTests({
      vscodeExecutablePath: process.env.VSCODE_EXECUTABLE_PATH,
      extensionDevelopmentPath: extensionPath,
      extensionTestsPath: testsPath,
      extensionTestsEnv: { ...env, HOME: userData, USERPROFILE: userData },
      launchArgs: [
        workspaceFolder,
        "--user-data-dir",
        userData,
        "--disable-extensions",
        ...(trusted ? ["--disable-workspace-trust"] : []),
      ],
    });
    return undefined;
  } catch (cause) {
    return cause.message;
  } finally {
    await rm(userData, { recursive: true, force: true });
  }
}

/** One bundle with every file in it, each loaded when its turn comes. */
async function bundle(files, filter, name) {
  const loaders = files.map((file) => `${JSON.stringify(file)}: () => import(${JSON.stringify(`./${file}`)})`);
  const outfile = join(root, "out", "host", `${name}.cjs`);
  await build({
    stdin: {
      contents: `import { runSpecs } from "./harness/spec";\nexport const run = () => runSpecs({ ${loaders.join(", ")} }, ${JSON.stringify(filter)});`,
      resolveDir: specFolder,
      loader: "ts",
    },
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: ["vscode"],
    sourcemap: "inline",
    logLevel: "warning",
  });
  return outfile;
}

async function makeWorkspace(files = { "train.py": "print('epoch 1')\n" }) {
  const folder = await mkdtemp(join(tmpdir(), "workspace-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

function describe({ file, name, outcome, milliseconds, detail }) {
  const mark = { passed: "ok  ", failed: "FAIL", skipped: "skip" }[outcome];
  const line = `${mark}  ${file}: ${name}${milliseconds === undefined ? "" : ` (${milliseconds} ms)`}`;
  return detail ? `${line}\n${detail.replace(/^/gm, "      ")}` : line;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  if (!existsSync(join(root, "dist", "extension.cjs")))
    throw new Error("dist/extension.cjs is missing: run npm run build first.");
  const { passed, failed, skipped } = await runHostSpecs({ filter: process.argv[2] });
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}
