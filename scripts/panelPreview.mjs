// Shows the GPU page outside VS Code: bundles it, serves it on loopback under the extension's own content policy with
// made-up readings, takes a picture of every scene and fails on anything the policy refuses or the page logs.
//   node scripts/panelPreview.mjs [NAME…]     pictures in test/artifacts/panel-NAME.png
//   node scripts/panelPreview.mjs --serve     stays up to look at in a browser
import { mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));
const codicons = `${root}/node_modules/@vscode/codicons/dist`;
const NONCE = "preview";
const POLICY = `default-src 'none'; script-src 'nonce-${NONCE}'; style-src 'self'; font-src 'self'; img-src 'self' data:`;

/** Name of the picture, then where it is shown and what the reader does first. */
const PICTURES = [
  { name: "dark-wide", scene: "live", width: 1280, height: 900 },
  { name: "light-wide", scene: "live", theme: "vscode-light", width: 1280, height: 900 },
  { name: "high-contrast-wide", scene: "live", theme: "vscode-high-contrast", width: 1280, height: 900 },
  { name: "high-contrast-light-wide", scene: "live", theme: "vscode-high-contrast-light", width: 1280, height: 900 },
  { name: "dark-sidebar", scene: "live", placement: "sidebar", width: 300, height: 1100 },
  { name: "light-sidebar", scene: "live", theme: "vscode-light", placement: "sidebar", width: 300, height: 1100 },
  { name: "sidebar-260", scene: "live", placement: "sidebar", width: 260, height: 1150 },
  {
    name: "sidebar-open",
    scene: "live",
    placement: "sidebar",
    width: 300,
    height: 1400,
    act: (page) => page.locator(".gpu-pick").nth(7).click(),
  },
  {
    name: "sidebar-200-percent",
    scene: "live",
    theme: "vscode-light",
    placement: "sidebar",
    width: 260,
    height: 900,
    zoom: 2,
  },
  { name: "sidebar-two", scene: "two", placement: "sidebar", width: 340, height: 620 },
  { name: "middle", scene: "live", width: 740, height: 1000 },
  { name: "chart-table", scene: "live", width: 1280, height: 900, act: chartTable },
  {
    name: "gpu-table",
    scene: "live",
    theme: "vscode-light",
    width: 1280,
    height: 900,
    act: (page) => page.getByLabel("Show all GPUs as a table").click(),
  },
  { name: "cursor", scene: "live", width: 1280, height: 900, act: crossHair },
  {
    name: "warning",
    scene: "live",
    width: 1280,
    height: 900,
    act: (page) => page.locator(".gpu-warning summary").first().click(),
  },
  { name: "forty", scene: "forty", width: 1280, height: 1500, act: (page) => page.locator("tbody tr").nth(3).hover() },
  { name: "young", scene: "young", theme: "vscode-light", width: 1000, height: 900 },
  { name: "stale", scene: "stale", width: 1280, height: 900 },
  { name: "stale-sidebar", scene: "stale", placement: "sidebar", width: 300, height: 1100 },
  { name: "offline", scene: "offline", theme: "vscode-light", width: 1000, height: 900 },
  { name: "connecting", scene: "connecting", placement: "sidebar", width: 300, height: 400 },
  { name: "needs-you", scene: "needsYou", placement: "sidebar", width: 300, height: 400 },
  { name: "no-host", scene: "noHost", placement: "sidebar", width: 300, height: 400 },
  { name: "no-gpus", scene: "noGpus", width: 700, height: 480 },
  { name: "hostile", scene: "hostile", width: 1000, height: 900 },
  { name: "hostile-sidebar", scene: "hostile", placement: "sidebar", width: 300, height: 900 },
];

async function chartTable(page) {
  await page.locator(".gpu-pick").nth(7).click();
  await page.getByLabel("Show as table").click();
}

async function crossHair(page) {
  await page.locator(".gpu-pick").nth(7).click();
  const box = await page.locator(".chart-canvas .u-over").nth(1).boundingBox();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.5);
}

async function bundle() {
  const common = {
    absWorkingDir: root,
    bundle: true,
    format: "iife",
    target: "es2022",
    write: false,
    legalComments: "none",
  };
  const page = await esbuild.build({
    ...common,
    entryPoints: ["webview-ui/gpu/main.tsx"],
    outdir: "dist/webview",
    minify: true,
    jsx: "automatic",
    jsxImportSource: "preact",
  });
  const scenes = await esbuild.build({
    ...common,
    entryPoints: ["scripts/panelPreview/scenes.ts"],
    outfile: "scenes.js",
  });
  const file = (ending) => page.outputFiles.find((one) => one.path.endsWith(ending)).contents;
  return { "/gpu.js": file(".js"), "/gpu.css": file(".css"), "/scenes.js": scenes.outputFiles[0].contents };
}

const PAGE = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>GPU panel</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/codicon.css"><link rel="stylesheet" href="/gpu.css"></head>
<body><script nonce="${NONCE}" src="/scenes.js"></script><script nonce="${NONCE}" src="/gpu.js"></script></body></html>`;

const TYPES = { js: "text/javascript", css: "text/css", ttf: "font/ttf" };

async function serve(files) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const ending = pathname.split(".").pop();
    response.setHeader("content-security-policy", POLICY);
    response.setHeader("content-type", `${TYPES[ending] ?? "text/html"}; charset=utf-8`);
    if (pathname === "/") return response.end(PAGE);
    if (files[pathname]) return response.end(files[pathname]);
    if (/^\/codicon\.(css|ttf)$/.test(pathname)) return response.end(await readFile(codicons + pathname));
    response.statusCode = 404;
    return response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

/** Opens a scene and waits until it is painted. Complaints of the browser go to `complaints`. */
async function open(browser, origin, picture, complaints) {
  const { scene, theme = "vscode-dark", placement = "panel", width, height, zoom = 1 } = picture;
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: zoom });
  page.on("console", (message) => complaints.push(`${picture.name}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`${picture.name}: ${error.message}`));
  await page.goto(`${origin}/?scene=${scene}&theme=${theme}&placement=${placement}`);
  await page.waitForSelector("main > *");
  await page.evaluate(() => document.fonts.ready);
  return page;
}

const settle = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

async function takePictures(browser, origin, wanted, complaints) {
  await mkdir(`${root}/test/artifacts`, { recursive: true });
  for (const picture of PICTURES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const page = await open(browser, origin, picture, complaints);
    await settle(page);
    await picture.act?.(page);
    await settle(page);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) complaints.push(`${picture.name}: ${over} px wider than the window`);
    await page.screenshot({ path: `${root}/test/artifacts/panel-${picture.name}.png` });
    await page.close();
  }
}

/** Milliseconds of script, and of script with layout and style, that one reading costs: 8 GPUs, 40 processes, ten minutes of history. */
async function measure(browser, origin, complaints) {
  const page = await open(browser, origin, { name: "measure", scene: "forty", width: 1280, height: 1500 }, complaints);
  const session = await page.context().newCDPSession(page);
  // Time of the thread itself: other work on this machine does not count.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async () =>
    Object.fromEntries((await session.send("Performance.getMetrics")).metrics.map((one) => [one.name, one.value]));
  const run = (from, count) =>
    page.evaluate(
      async ([first, many]) => {
        for (let beat = first; beat < first + many; beat++) {
          window.preview.sample(beat * 1000);
          await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)));
        }
      },
      [from, count],
    );
  await run(1, 30);
  const before = await read();
  await run(31, 100);
  const after = await read();
  const each = (name) => (((after[name] - before[name]) * 1000) / 100).toFixed(2);
  await page.close();
  return `one reading: ${each("ScriptDuration")} ms script, ${each("LayoutDuration")} ms layout, ${each("RecalcStyleDuration")} ms style, ${each("TaskDuration")} ms in all`;
}

const names = process.argv.slice(2);
const files = await bundle();
for (const name of ["/gpu.js", "/gpu.css"])
  console.log(`${name} ${files[name].length} bytes, ${gzipSync(files[name]).length} compressed`);
const { server, origin } = await serve(files);
if (names.includes("--serve")) {
  console.log(`${origin}/?scene=live&theme=vscode-dark`);
} else {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  const complaints = [];
  await takePictures(browser, origin, names, complaints);
  if (names.length === 0) console.log(await measure(browser, origin, complaints));
  await browser.close();
  server.close();
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}
