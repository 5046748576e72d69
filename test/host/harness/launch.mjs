// The two ways to run a test bundle inside VS Code. Each resolves to what went wrong with VS Code itself, undefined when nothing did.
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../../../scripts/prerequisites.mjs";
import { pageActions } from "../../../scripts/vscode/pageActions.mjs";
import { temporaryFolder } from "../../../scripts/vscode/temporary.mjs";
import { startVsCode } from "../../../scripts/vscode.mjs";

const artifacts = join(root, "test", "artifacts");

/**
 * The VS Code server from npm in headless Chromium. Its whole log stays in test/artifacts.
 * @returns {Promise<string | undefined>}
 */
export function launchServer(options) {
  return inServer(options, async (vscode) => {
    const code = await Promise.race([vscode.exit, options.silence]);
    return code === 0 ? undefined : `The extension host ended with ${code}.\n${vscode.logs.slice(-40).join("\n")}`;
  });
}

/**
 * The same VS Code as users have it, without a test inside: the specs run here and reach it through its window only.
 * @returns {Promise<string | undefined>}
 */
export function launchWindow({ testsPath, ...options }) {
  return inServer(options, async () => {
    Object.assign(process.env, options.env);
    const { run } = createRequire(import.meta.url)(testsPath);
    await Promise.race([run(), options.silence]);
    return undefined;
  });
}

async function inServer({ actions, start, kind, ...options }, run) {
  const beforeLoad = (vscode) => Object.assign(actions, pageActions(vscode, artifacts));
  const vscode = await startVsCode({ ...options, beforeLoad });
  start();
  try {
    return await run(vscode);
  } catch (cause) {
    return cause.message;
  } finally {
    await mkdir(artifacts, { recursive: true });
    await writeFile(join(artifacts, `vscode-${kind}.log`), `${vscode.logs.join("\n")}\n`);
    await vscode.close();
  }
}

/**
 * VS Code desktop at VSCODE_EXECUTABLE_PATH: the same specs, but nothing here drives its window, so what needs that is skipped by name.
 * @returns {Promise<string | undefined>}
 */
export async function launchDesktop({ extensionPath, workspaceFolder, testsPath, trusted, env, silence }) {
  const { runTests } = await import("@vscode/test-electron");
  const { path: userData, remove } = await temporaryFolder("tensorline-");
  const tests = runTests({
    vscodeExecutablePath: process.env.VSCODE_EXECUTABLE_PATH,
    extensionDevelopmentPath: extensionPath,
    extensionTestsPath: testsPath,
    extensionTestsEnv: { ...env, HOME: userData, USERPROFILE: userData },
    launchArgs: [
      ...[workspaceFolder, "--disable-extensions", "--user-data-dir", userData],
      ...(trusted ? ["--disable-workspace-trust"] : []),
    ],
  });
  try {
    await Promise.race([tests, silence]);
    return undefined;
  } catch (cause) {
    return cause.message;
  } finally {
    remove();
  }
}
