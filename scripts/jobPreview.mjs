// Shows the job page outside VS Code and tries hostile output on its terminal in a real browser.
//   node scripts/jobPreview.mjs [NAME…]     pictures in test/artifacts/job-NAME.png
//   node scripts/jobPreview.mjs --serve     stays up to look at in a browser
import { gzipSync } from "node:zlib";
import { openStage } from "./panelPreview/stage.mjs";

const wide = { width: 1100, height: 720 };
const narrow = { width: 260, height: 760 };
const tab = (name) => (page) => page.click(`#tab-${name}`);

const PICTURES = [
  { name: "running-dark", scene: "running", ...wide },
  { name: "running-light", scene: "running", theme: "vscode-light", ...wide },
  { name: "running-high-contrast", scene: "running", theme: "vscode-high-contrast", ...wide },
  { name: "running-high-contrast-light", scene: "running", theme: "vscode-high-contrast-light", ...wide },
  { name: "running-260", scene: "running", ...narrow },
  { name: "running-200-percent", scene: "running", theme: "vscode-light", width: 500, height: 400, zoom: 2 },
  { name: "failed", scene: "failed", ...wide },
  { name: "failed-light", scene: "failed", theme: "vscode-light", ...wide },
  { name: "explained", scene: "explained", ...wide },
  { name: "explained-light", scene: "explained", theme: "vscode-light", ...wide },
  { name: "explained-260", scene: "explained", ...narrow },
  { name: "failed-260", scene: "failed", ...narrow },
  { name: "queued", scene: "queued", ...wide },
  { name: "quiet", scene: "quiet", theme: "vscode-light", ...wide },
  { name: "interrupted", scene: "interrupted", ...wide },
  { name: "offline", scene: "offline", theme: "vscode-light", ...wide },
  { name: "big", scene: "big", ...wide },
  { name: "page", scene: "page", ...wide },
  { name: "find", scene: "big", ...wide, act: find },
  { name: "scrolled-up", scene: "running", ...wide, act: scrolledUp },
  { name: "followed-again", scene: "running", ...wide, act: followedAgain },
  { name: "log-after-metrics", scene: "running", query: "&tab=metrics", ...wide, act: logAfterMetrics },
  { name: "log-again", scene: "running", ...wide, act: logAgain },
  { name: "no-wrap", scene: "failed", ...wide, width: 700, act: (page) => page.getByLabel("Wrap long lines").click() },
  { name: "link", scene: "failed", ...wide, act: hoverLink },
  { name: "metrics", scene: "broken", ...wide, act: tab("metrics") },
  { name: "metrics-light-log", scene: "running", theme: "vscode-light", ...wide, act: metricsLook },
  { name: "metrics-260", scene: "running", ...narrow, act: tab("metrics") },
  { name: "metrics-table", scene: "running", ...wide, act: metricsTable },
  { name: "metrics-empty", scene: "quiet", ...wide, act: tab("metrics") },
  { name: "gpu", scene: "running", ...wide, act: tab("gpu") },
  { name: "gpu-260", scene: "running", theme: "vscode-light", ...narrow, act: tab("gpu") },
  { name: "files", scene: "failed", ...wide, act: tab("files") },
  { name: "files-260", scene: "failed", theme: "vscode-light", ...narrow, act: tab("files") },
  { name: "settings", scene: "failed", ...wide, act: tab("settings") },
  { name: "settings-260", scene: "failed", theme: "vscode-high-contrast", ...narrow, act: tab("settings") },
  { name: "hostile", scene: "hostile", ...wide, act: painted },
];

/** Until the page has painted all it was sent. */
async function painted(page) {
  await page.waitForFunction(() => window.preview.owed().unsent === 0);
}

async function find(page) {
  await painted(page);
  await page.getByLabel("Find", { exact: true }).click();
  await page.getByLabel("Find in the output shown").fill("grad_norm");
}

async function scrolledUp(page) {
  await painted(page);
  await page.locator(".log-terminal").hover();
  await page.mouse.wheel(0, -400);
  await page.getByLabel("Follow new output").and(page.locator('[aria-pressed="false"]')).waitFor();
  await page.evaluate(() => window.preview.print("\nmore\n"));
  await page.getByText("New output").waitFor();
}

async function followedAgain(page) {
  await scrolledUp(page);
  await page.getByText("New output").click();
  await page.getByText("New output").waitFor({ state: "detached" });
  await page.evaluate(() => window.preview.print("the end\n"));
  await page.locator(".xterm-rows", { hasText: "the end" }).waitFor();
}

/** Output that came while another tab was in front. */
async function logAgain(page) {
  await painted(page);
  await page.click("#tab-gpu");
  await page.evaluate(() => window.preview.print(`\n${"more output\n".repeat(200)}the end`));
  await painted(page);
  await page.click("#tab-log");
  await page.locator(".xterm-rows", { hasText: "the end" }).waitFor();
}

/** A terminal that was made while nobody could see it. */
async function logAfterMetrics(page) {
  await painted(page);
  await page.click("#tab-log");
  await page.locator(".xterm-rows", { hasText: "Epoch 4" }).waitFor();
}

async function hoverLink(page) {
  await painted(page);
  const row = page.locator(".xterm-rows > div", { hasText: "model.py" }).last();
  const box = await row.boundingBox();
  await page.mouse.move(box.x + 160, box.y + box.height / 2);
  await page.locator(".log-target").waitFor();
}

async function metricsLook(page) {
  await page.click("#tab-metrics");
  await page.getByText("Logarithmic").click();
  await page.locator('input[type="range"]').fill("0.8");
}

async function metricsTable(page) {
  await page.click("#tab-metrics");
  await page.getByLabel("Show as table").click();
}

/** What hostile output must not do, each with what was seen. */
async function tryHostile(stage) {
  const page = await stage.open({ name: "hostile", scene: "hostile", ...wide });
  const opened = [];
  page.context().on("page", (other) => opened.push(other.url()));
  page.on("dialog", (dialog) => {
    opened.push(dialog.message());
    void dialog.dismiss();
  });
  await painted(page);
  const seen = await page.evaluate(() => ({
    title: document.title,
    sent: [...new Set(window.preview.sent.map(({ method }) => method))].sort(),
    most: window.preview.owed().most,
    rows: document.querySelector(".xterm-rows").textContent,
    images: document.querySelectorAll("img, script:not([nonce])").length,
  }));
  const faults = [];
  const must = (holds, what) => holds || faults.push(`hostile: ${what}: ${JSON.stringify(seen).slice(0, 600)}`);
  must(seen.title === "Job", "the title changed");
  must(seen.sent.join() === "look,ready,taken", "the page said more than it was asked");
  must(seen.most <= 512 * 1024, "more was on its way than allowed");
  must(seen.rows.includes("last line"), "the end is not in the picture");
  must(seen.images === 0, "output became elements");
  must(opened.length === 0, `something opened: ${opened}`);
  await page.evaluate(() => window.preview.print("\u001b\\\nstill alive\n"));
  await page.getByText("still alive").waitFor();
  await page.close();
  return faults;
}

const names = process.argv.slice(2);
const stage = await openStage({
  entry: "webview-ui/job/main.tsx",
  scenes: "scripts/panelPreview/jobScenes.ts",
  title: "Job",
  injectsStyles: true,
  ...(process.env.PICTURES ? { folder: process.env.PICTURES } : {}),
});
for (const name of ["/page.js", "/page.css"])
  console.log(`${name} ${stage.files[name].length} bytes, ${gzipSync(stage.files[name]).length} compressed`);
if (names.includes("--serve")) {
  console.log(`${stage.origin}/?scene=running&theme=vscode-dark`);
} else {
  for (const picture of PICTURES.filter(({ name }) => names.length === 0 || names.includes(name)))
    await stage.picture({ ...picture, name: `job-${picture.name}` });
  const faults = names.length === 0 ? await tryHostile(stage) : [];
  await stage.close();
  for (const fault of [...stage.complaints, ...faults]) console.error(fault);
  process.exitCode = stage.complaints.length + faults.length === 0 ? 0 : 1;
}
