// The workbench of a VS Code server in a headless Chromium, with the extension under development in it.
import { ensureChromium } from "./chromium.mjs";
import { ensureVsCode } from "./install.mjs";
import { startServer } from "./server.mjs";
import { quietSettings } from "./settings.mjs";

const usableDeadlineMs = 120_000;

const chromiumArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--disable-background-networking",
  "--disable-component-update",
  "--no-first-run",
  "--no-proxy-server",
  // Nothing but this machine can be reached, so nothing waits for a network.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/**
 * Starts a VS Code server with the extension in `extensionPath`, without a browser.
 * @param {object} options
 * @param {string} options.extensionPath
 * @param {string} options.workspaceFolder
 * @param {string} [options.testsPath] a CommonJS file that exports `run(): Promise<void>`; it runs in the extension host
 * @param {Record<string, unknown>} [options.userSettings] beside the quiet ones
 * @param {Record<string, string>} [options.env] additions for the extension host
 * @param {boolean} [options.trusted] false: restricted mode
 * @param {boolean} [options.ownHome] true: the extension sees the user's own home folder
 * @param {(line: string) => void} [options.log]
 */
export async function startVsCodeServer(options) {
  const {
    extensionPath,
    workspaceFolder,
    testsPath,
    userSettings = {},
    env = {},
    trusted = true,
    ownHome = false,
  } = options;
  const { node, serverMain, version } = await ensureVsCode({ log: options.log });
  const logs = [];
  const server = await startServer({
    node,
    serverMain,
    settings: { ...quietSettings, ...userSettings },
    trusted,
    ownHome,
    env,
    onOutput: (text) => logs.push(...text.split("\n").filter(Boolean)),
  });
  const remote = (path) => `vscode-remote://${new URL(server.origin).host}${path}`;
  const payload = [
    ["extensionDevelopmentPath", remote(extensionPath)],
    ...(testsPath ? [["extensionTestsPath", remote(testsPath)]] : []),
    ["skipWelcome", "true"],
    ["skipReleaseNotes", "true"],
  ];
  const query = new URLSearchParams({ tkn: server.token, folder: workspaceFolder, payload: JSON.stringify(payload) });
  return {
    url: `${server.origin}/?${query}`,
    version,
    logs,
    logsFolder: server.logsFolder,
    stop: server.stop,
  };
}

/**
 * Starts VS Code with the extension and shows its workbench in headless Chromium.
 * @param {Parameters<typeof startVsCodeServer>[0] & {
 *   viewport?: { width: number, height: number },
 *   beforeLoad?: (vscode: object) => void,
 * }} options those of `startVsCodeServer`, and `beforeLoad`, which gets the result before the extension can run
 * @returns {Promise<VsCode>}
 * @typedef {object} VsCode
 * @property {import("playwright-core").Page} page
 * @property {string} url
 * @property {string} version of VS Code, such as 1.139.1
 * @property {Promise<number>} exit the exit code of the tests; rejects when the browser ends before
 * @property {string[]} logs lines of the server, the workbench and the browser's console, so far
 * @property {string} logsFolder where the extension host writes its logs
 * @property {() => Promise<void>} close ends every process and removes every file that this started
 */
export async function startVsCode(options) {
  const executablePath = await ensureChromium({ log: options.log });
  const { stop, ...server } = await startVsCodeServer(options);
  let browser;
  const close = async () => {
    await browser?.close();
    await stop();
  };
  try {
    const { chromium } = await import("playwright-core");
    const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
    browser = await chromium.launch({
      executablePath,
      args: chromiumArguments,
      timeout: usableDeadlineMs,
      ...signals,
    });
    const page = await browser.newPage({
      viewport: options.viewport ?? { width: 1280, height: 800 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await page.addInitScript(helpLateWebviews);
    const exit = testExit(browser, page);
    await collectLogs(page, server.logs);
    const vscode = { page, ...server, exit, close };
    options.beforeLoad?.(vscode);
    await page.goto(server.url, { waitUntil: "commit", timeout: usableDeadlineMs });
    await page.locator(".part.statusbar .statusbar-item").first().waitFor({ timeout: usableDeadlineMs });
    return vscode;
  } catch (cause) {
    await close();
    throw cause;
  }
}

/**
 * Runs in every frame. A webview of VS Code's server waits until its service worker controls it. All webviews share one origin
 * there, so when two load at once the second may miss that moment and would wait for ever: the worker took control of who was
 * there when it started, and says so once. Here a webview that has missed it is told, or has the worker start once more.
 */
function helpLateWebviews() {
  const workers = navigator.serviceWorker;
  if (!workers || !location.pathname.includes("/webview/browser/pre/")) return;
  const listen = workers.addEventListener.bind(workers);
  workers.addEventListener = (type, listener, options) => {
    listen(type, listener, options);
    if (type !== "controllerchange") return;
    let idleChecks = 0;
    const check = setInterval(async () => {
      const registration = await workers.getRegistration();
      if (!registration?.active || registration.installing || registration.waiting) return;
      if (workers.controller) {
        clearInterval(check);
        listener(new Event(type));
      } else if (++idleChecks % 10 === 0)
        await workers.register(`${registration.active.scriptURL}&again=${idleChecks}`);
    }, 100);
  };
}

/** The workbench calls codeAutomationExit when the extension host with the tests has ended. */
function testExit(browser, page) {
  const exit = new Promise((resolve, reject) => {
    page.exposeFunction("codeAutomationExit", resolve).catch(reject);
    page.on("crash", () => reject(new Error("The browser page with the workbench crashed.")));
    browser.on("disconnected", () => reject(new Error("The browser with the workbench ended.")));
  });
  exit.catch(() => {});
  return exit;
}

async function collectLogs(page, logs) {
  page.on("pageerror", (error) => logs.push(`[browser uncaught] ${error.stack ?? error.message}`));
  page.on("console", (message) => logs.push(`[browser ${message.type()}] ${message.text()}`));
  await page.exposeFunction("codeAutomationLog", (level, values) =>
    logs.push(`[${level}] ${values.map(asText).join(" ")}`),
  );
}

const asText = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/**
 * Writes a PNG of the whole window.
 * @param {import("playwright-core").Page} page
 * @param {string} file
 * @param {{ width?: number, height?: number }} [size] in CSS pixels; what is not given stays as it is
 */
export async function screenshot(page, file, size = {}) {
  await page.setViewportSize({ ...page.viewportSize(), ...size });
  await twoFrames(page);
  await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
}

/** After two frames the page has painted what it knows. */
const twoFrames = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
