// npm start: opens Tensorline in a real VS Code, connected to the demo fleet. Works from a fresh clone.
//   --headless  shows it in a browser without a window and saves a picture (so does a machine without a display)
//   --once      ends after the picture (so do CI and a shell without a terminal)
import { spawn } from "node:child_process";
import { access, constants, mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { ensureDependencies, root, runVisibly } from "./prerequisites.mjs";

/** The extension starts the demo fleet when it finds this. */
const demo = { TENSORLINE_START_DEMO: "1" };
const liveDeadlineMs = 60_000;

async function main(args) {
  await ensureDependencies();
  console.log("Building Tensorline …");
  await runVisibly(process.execPath, [join(root, "scripts", "build.mjs")]);
  const headless = args.includes("--headless") || !hasDisplay();
  const desktop = headless ? undefined : await findDesktop();
  if (desktop) return openDesktop(desktop);
  const { makeWorkspace, temporaryFolder } = await import("./vscode/temporary.mjs");
  const workspaceFolder = await makeWorkspace((await temporaryFolder("tensorline-start-")).path);
  if (!headless) return serve(workspaceFolder);
  const once = args.includes("--once") || Boolean(process.env.CI) || !process.stdout.isTTY;
  return showHeadless(workspaceFolder, once);
}

function hasDisplay() {
  return (
    process.platform === "win32" ||
    process.platform === "darwin" ||
    Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
  );
}

/** The user's own VS Code: the one that VSCODE_EXECUTABLE_PATH names, or `code` on PATH. */
async function findDesktop() {
  if (process.env.VSCODE_EXECUTABLE_PATH) return process.env.VSCODE_EXECUTABLE_PATH;
  const name = process.platform === "win32" ? "code.cmd" : "code";
  for (const folder of (process.env.PATH ?? "").split(delimiter).filter(Boolean)) {
    const candidate = join(folder, name);
    const runs = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return candidate;
  }
  return undefined;
}

function openDesktop(executable) {
  const shell = /\.cmd$/i.test(executable);
  const args = ["--new-window", `--extensionDevelopmentPath=${root}`];
  const [command, ...rest] = shell ? [executable, ...args].map((word) => `"${word}"`) : [executable, ...args];
  const child = spawn(command, rest, { env: { ...process.env, ...demo }, detached: true, stdio: "ignore", shell });
  return new Promise((resolve, reject) => {
    child.once("error", (cause) =>
      reject(new Error(`${executable} could not be started: ${cause.message}`, { cause })),
    );
    child.once("spawn", () => {
      console.log(
        `Opened Tensorline in ${executable}. The demo fleet appears in the Tensorline view of the new window.`,
      );
      child.unref();
      resolve();
    });
  });
}

const serverOptions = (workspaceFolder) => ({ extensionPath: root, workspaceFolder, ownHome: true, env: demo });

async function serve(workspaceFolder) {
  const { startVsCodeServer } = await import("./vscode.mjs");
  const { url, version } = await startVsCodeServer(serverOptions(workspaceFolder));
  console.log(
    `VS Code ${version} with Tensorline is ready. Open this address in your browser (Ctrl-C ends it):\n\n  ${url}\n`,
  );
  await new Promise(() => {});
}

async function showHeadless(workspaceFolder, once) {
  const { screenshot, startVsCode } = await import("./vscode.mjs");
  const vscode = await startVsCode({ ...serverOptions(workspaceFolder), viewport: { width: 1440, height: 900 } });
  const picture = join(root, "test", "artifacts", "start.png");
  await mkdir(join(root, "test", "artifacts"), { recursive: true });
  console.log(
    `VS Code ${vscode.version} with Tensorline runs at\n\n  ${vscode.url}\n\nWaiting for live GPUs of the demo fleet …`,
  );
  try {
    const panel = await waitForLiveNumbers(vscode.page);
    await describe(vscode.page, panel);
  } finally {
    await screenshot(vscode.page, picture);
    console.log(`Picture: ${picture}`);
    if (once) await vscode.close();
  }
  if (once) return;
  console.log("It keeps running. Ctrl-C ends it.");
  await new Promise(() => {});
}

/** The webview that writes GPU memory as the panel does, once its text has changed by itself. */
async function waitForLiveNumbers(page) {
  const { waitForWebview } = await import("./vscode/webviews.mjs");
  const showsMemory = async (body) =>
    (await body
      .locator('main.page[data-layout="wide"]')
      .getByText(/\d+ \/ \d+ GB/)
      .count()) > 0;
  const panel = await waitForWebview(page, showsMemory, { timeout: liveDeadlineMs, what: "shows GPU memory" });
  await panel.evaluate(
    (body, milliseconds) =>
      new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error("The numbers in the GPU panel do not change.")), milliseconds);
        new MutationObserver(resolve).observe(body, { characterData: true, childList: true, subtree: true });
      }),
    liveDeadlineMs,
  );
  return panel;
}

async function describe(page, panel) {
  const rows = await page.locator(".part.sidebar .monaco-list-row").allInnerTexts();
  const [text = ""] = await panel.allInnerTexts();
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  console.log(`Hosts:\n${rows.map((row) => `  ${row.replace(/\s+/g, " ").trim()}`).join("\n")}`);
  console.log(
    `GPU panel:\n${lines
      .slice(0, 12)
      .map((line) => `  ${line.trim()}`)
      .join("\n")}`,
  );
}

await main(process.argv.slice(2)).catch((cause) => {
  console.error(cause.message);
  process.exitCode = 1;
});
// What is still open belongs to a VS Code that has been shown.
process.exit();
