// Runs the host specs (test/host/*.spec.ts) inside a real VS Code and tells what happened.
// node test/host/harness/run.mjs [FILTER]: only the specs whose "file: name" contains FILTER.
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "../../../scripts/prerequisites.mjs";
import { controlVariable, startControl } from "../../../scripts/vscode/control.mjs";
import { makeWorkspace, temporaryFolder } from "../../../scripts/vscode/temporary.mjs";
import { launchDesktop, launchServer, launchWindow } from "./launch.mjs";
import { followSpecs } from "./progress.mjs";

const harness = join(root, "test", "host", "harness");
/** Files whose name holds this get a VS Code of their own, in restricted mode. */
const restrictedMark = ".restricted.";
/** Files with this in their name run outside the extension host: VS Code shows no modal dialog while it runs tests inside. */
const windowMark = ".window.";

/**
 * Runs every spec file: those of a trusted workspace in one VS Code and, beside it, those for restricted mode in another;
 * then those outside the extension host.
 * @param {object} [options]
 * @param {string} [options.folder] where the files are; test/host without it
 * @param {string} [options.ending] of their names; .spec.ts without it
 * @param {string} [options.filter] only specs whose "file: name" contains it
 * @param {string} [options.extensionPath] the folder of the extension's package.json
 * @param {Record<string, string>} [options.env] additions for the extension host
 * @param {Record<string, unknown>} [options.userSettings]
 * @param {Record<string, string>} [options.workspace] the files of the workspace folder, text by name
 * @param {Record<string, (request: any) => unknown>} [options.actions] more that a spec can `ask`
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>} a VS Code that ended too early is one more failure
 */
export async function runHostSpecs(options = {}) {
  const { folder = join(root, "test", "host"), ending = ".spec.ts" } = options;
  const files = (await readdir(folder)).filter((name) => name.endsWith(ending)).sort();
  const runKind = async (kind) => {
    const chosen = files.filter((name) => kindOf(name) === kind);
    return chosen.length > 0 ? runFiles(chosen, { ...options, folder, kind }) : [];
  };
  const inside = await Promise.all([runKind("trusted"), runKind("restricted")]);
  const results = [...inside.flat(), ...(await runKind("window"))];
  const count = (outcome) => results.filter((result) => result.outcome === outcome).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
}

const kindOf = (name) =>
  name.includes(restrictedMark) ? "restricted" : name.includes(windowMark) ? "window" : "trusted";

async function runFiles(files, options) {
  const { kind, extensionPath = root, env, userSettings, workspace, log = console.log } = options;
  const testsPath = await bundle(files, options);
  const temporary = await temporaryFolder("tensorline-host-");
  const progress = followSpecs(log);
  const actions = { ...options.actions, ...progress.actions };
  const control = await startControl(actions);
  try {
    const inside = process.env.VSCODE_EXECUTABLE_PATH ? launchDesktop : launchServer;
    const launch = kind === "window" ? launchWindow : inside;
    const sshConfig = join(temporary.path, "ssh_config");
    const problem = await launch({
      extensionPath,
      workspaceFolder: await makeWorkspace(temporary.path, workspace),
      testsPath,
      kind,
      trusted: kind !== "restricted",
      userSettings: {
        ...userSettings,
        ...(kind === "window" ? { "tensorline.ssh.configFile": sshConfig } : {}),
        // What gets the focus late, such as a terminal, does not close what a spec is asked.
        "workbench.quickOpen.closeOnFocusLost": false,
      },
      env: { ...env, [controlVariable]: control.url, TENSORLINE_TEST_SSH_CONFIG: sshConfig },
      actions,
      silence: progress.silence,
      start: progress.start,
      log,
    });
    progress.finish(problem);
  } finally {
    control.close();
    temporary.remove();
  }
  return progress.results;
}

/** One bundle with every file in it, each loaded when its turn comes. */
async function bundle(files, { folder, filter = "", kind }) {
  const loaders = files.map((file) => `${JSON.stringify(file)}: () => import(${JSON.stringify(`./${file}`)})`);
  const call = `runSpecs({ ${loaders.join(", ")} }, ${JSON.stringify(filter)})`;
  const outfile = join(root, "out", basename(folder), `${kind}.cjs`);
  await build({
    stdin: {
      contents: `import { runSpecs } from ${JSON.stringify(join(harness, "spec"))};\nexport const run = () => ${call};`,
      resolveDir: folder,
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { passed, failed, skipped } = await runHostSpecs({ filter: process.argv[2] });
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}
