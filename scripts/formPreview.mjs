// Shows the job form outside VS Code, as panelPreview.mjs shows the GPU page: its bundle under the extension's own content
// policy with made-up hosts. Takes a picture of every scene; fails on what the policy refuses, on what the page logs and
// where something is wider than the window.
//   node scripts/formPreview.mjs [NAME…]     pictures in test/artifacts/form-NAME.png
import { mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));
const NONCE = "preview";
const POLICY = `default-src 'none'; script-src 'nonce-${NONCE}'; style-src 'self'; font-src 'self'; img-src 'self' data:`;

const open = (page) => page.locator(".more summary").click();
const script = (page) => page.locator(".script summary").click();

const PICTURES = [
  { name: "dark" },
  { name: "light", theme: "vscode-light" },
  { name: "high-contrast", theme: "vscode-high-contrast", act: open },
  { name: "high-contrast-light", theme: "vscode-high-contrast-light" },
  { name: "more", act: open, height: 760 },
  { name: "script", theme: "vscode-light", act: script, height: 760 },
  { name: "cautions", scene: "cautions", height: 620 },
  { name: "slurm", scene: "slurm", height: 620 },
  { name: "these", scene: "these", height: 620 },
  { name: "any", scene: "any", theme: "vscode-light" },
  { name: "waiting", scene: "waiting" },
  { name: "failed", scene: "failed" },
  { name: "running", scene: "running" },
  { name: "refused", scene: "refused", theme: "vscode-light" },
  { name: "typed-wrong", act: typeWrong, height: 760 },
  { name: "focus", theme: "vscode-high-contrast", act: (page) => page.keyboard.press("Tab") },
  { name: "260", width: 260, height: 900 },
  { name: "260-cautions", scene: "cautions", theme: "vscode-light", width: 260, height: 1000 },
  { name: "260-more", width: 260, height: 1500, act: open },
  { name: "200-percent", width: 400, height: 600, zoom: 2 },
  { name: "hostile", scene: "hostile" },
  { name: "hostile-260", scene: "hostile", width: 260, height: 1000 },
];

async function typeWrong(page) {
  await open(page);
  await page.getByLabel("Time limit").fill("soon");
  await page.getByLabel("Variables").fill("OMP_NUM_THREADS 4");
  await page.getByLabel("Arguments").fill("--name 'unfinished");
  await page.keyboard.press("Enter");
}

const common = { absWorkingDir: root, bundle: true, format: "iife", target: "es2022", write: false, minify: true };
const [bundle, scenes] = await Promise.all([
  esbuild.build({
    ...common,
    entryPoints: { jobForm: "webview-ui/jobForm/main.tsx" },
    outdir: "dist/webview",
    jsx: "automatic",
    jsxImportSource: "preact",
  }),
  esbuild.build({ ...common, entryPoints: ["scripts/panelPreview/formScenes.ts"], outfile: "scenes.js" }),
]);
const built = (ending) => bundle.outputFiles.find((one) => one.path.endsWith(ending)).contents;
const codicon = (file) => readFile(`${root}/node_modules/@vscode/codicons/dist/${file}`);
const files = {
  "/": [
    "text/html",
    `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Job form</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/codicon.css"><link rel="stylesheet" href="/jobForm.css"></head>
<body><script nonce="${NONCE}" src="/scenes.js"></script><script nonce="${NONCE}" src="/jobForm.js"></script></body></html>`,
  ],
  "/jobForm.js": ["text/javascript", built(".js")],
  "/jobForm.css": ["text/css", built(".css")],
  "/scenes.js": ["text/javascript", scenes.outputFiles[0].contents],
  "/codicon.css": ["text/css", await codicon("codicon.css")],
  "/codicon.ttf": ["font/ttf", await codicon("codicon.ttf")],
};
console.log(`jobForm.js ${built(".js").length} bytes, jobForm.css ${built(".css").length} bytes`);

const server = createServer((request, response) => {
  const [type, content] = files[new URL(request.url, "http://localhost").pathname] ?? ["text/plain", ""];
  response.setHeader("content-security-policy", POLICY);
  response.setHeader("content-type", `${type}; charset=utf-8`);
  response.end(content);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu"],
});
await mkdir(`${root}/test/artifacts`, { recursive: true });
const wanted = process.argv.slice(2);
const complaints = [];
for (const picture of PICTURES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const { name, scene = "usual", theme = "vscode-dark", width = 820, height = 480, zoom = 1, act } = picture;
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: zoom });
  page.on("console", (message) => complaints.push(`${name}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`${name}: ${error.message}`));
  await page.goto(`http://127.0.0.1:${server.address().port}/?scene=${scene}&theme=${theme}`);
  await page.waitForSelector("form");
  if (scene !== "waiting") await page.waitForSelector(".plan[data-old='false']");
  await page.evaluate(() => document.fonts.ready);
  await act?.(page);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (over > 0) complaints.push(`${name}: ${over} px wider than the window`);
  await page.screenshot({ path: `${root}/test/artifacts/form-${name}.png` });
  await page.close();
}
await browser.close();
server.close();
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length === 0 ? 0 : 1;
