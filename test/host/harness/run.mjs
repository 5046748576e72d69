// Runs the host specs (test/host/*.spec.ts) inside a real VS Code and tells what happened.
// node test/host/harness/run.mjs [FILTER]: only the specs whose "file: name" contains FILTER.
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "../../../scripts/prerequisites.mjs";
import { controlVariable, startControl } from "../../../scripts/vscode/control.mjs";
import { launchDesktop, launchServer } from "./launch.mjs";
import { followSpecs } from "./progress.mjs";

const specFolder = join(root, "test", "host");
/** Files with this ending get a VS Code of their own, in restricted mode. */
const restrictedEnding = ".restricted.spec.ts";

/**
 * Runs every spec file: those of a trusted workspace in one VS Code, those for restricted mode in another.
 * @param {object} [options]
 * @param {string} [options.filter]
 * @param {string} [options.extensionPath] the folder of the extension's package.json
 * @param {Record<string, string>} [options.env] additions for the extension host
 * @param {Record<string, unknown>} [options.userSettings]
 * @param {Record<string, string>} [options.workspace] the files of the workspace folder, text by name
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>} a VS Code that ended too early is one more failure
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

async function runFiles(files, options) {
  const { filter = "", trusted, extensionPath = root, env, userSettings, workspace, log = console.log } = options;
  const testsPath = await bundle(files, filter, trusted ? "trusted" : "restricted");
  const temporary = await mkdtemp(join(tmpdir(), "tensorline-host-"));
  const progress = followSpecs(log);
  const control = await startControl(progress.actions);
  try {
    const launch = process.env.VSCODE_EXECUTABLE_PATH ? launchDesktop : launchServer;
    const problem = await launch({
      extensionPath,
      workspaceFolder: await makeWorkspace(temporary, workspace),
      testsPath,
      trusted,
      userSettings,
      env: { ...env, [controlVariable]: control.url },
      actions: progress.actions,
      silence: progress.silence,
      start: progress.start,
      log,
    });
    progress.finish(problem);
  } finally {
    control.close();
    await rm(temporary, { recursive: true, force: true });
  }
  return progress.results;
}

/** One bundle with every file in it, each loaded when its turn comes. */
async function bundle(files, filter, name) {
  const loaders = files.map((file) => `${JSON.stringify(file)}: () => import(${JSON.stringify(`./${file}`)})`);
  const call = `runSpecs({ ${loaders.join(", ")} }, ${JSON.stringify(filter)})`;
  const outfile = join(root, "out", "host", `${name}.cjs`);
  await build({
    stdin: {
      contents: `import { runSpecs } from "./harness/spec";\nexport const run = () => ${call};`,
      resolveDir: specFolder,
      loader: "ts",
    },
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: ["vscode"],
    loader: { ".sh": "text", ".py": "text" },
    sourcemap: "inline",
    logLevel: "warning",
  });
  return outfile;
}

async function makeWorkspace(parent, files = { "train.py": "print('epoch 1')\n" }) {
  const folder = join(parent, "training");
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { passed, failed, skipped } = await runHostSpecs({ filter: process.argv[2] });
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}
