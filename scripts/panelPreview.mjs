// Shows the GPU page outside VS Code: bundles it, serves it on loopback under the extension's own content policy with
// made-up readings, takes a picture of every scene and fails on anything the policy refuses or the page logs.
//   node scripts/panelPreview.mjs [NAME…]     pictures in test/artifacts/panel-NAME.png
//   node scripts/panelPreview.mjs --serve     stays up to look at in a browser
import { gzipSync } from "node:zlib";
import { openStage } from "./panelPreview/stage.mjs";

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

/** Milliseconds of script, and of script with layout and style, that one reading costs: 8 GPUs, 40 processes, ten minutes of history. */
async function measure() {
  const page = await stage.open({ name: "measure", scene: "forty", width: 1280, height: 1500 });
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
const stage = await openStage({
  entry: "webview-ui/gpu/main.tsx",
  scenes: "scripts/panelPreview/scenes.ts",
  title: "GPU panel",
});
for (const name of ["/page.js", "/page.css"])
  console.log(`${name} ${stage.files[name].length} bytes, ${gzipSync(stage.files[name]).length} compressed`);
if (names.includes("--serve")) {
  console.log(`${stage.origin}/?scene=live&theme=vscode-dark`);
} else {
  for (const { placement = "panel", ...picture } of PICTURES.filter(
    ({ name }) => names.length === 0 || names.includes(name),
  ))
    await stage.picture({ ...picture, name: `panel-${picture.name}`, query: `&placement=${placement}` });
  if (names.length === 0) console.log(await measure());
  await stage.close();
  for (const complaint of stage.complaints) console.error(complaint);
  process.exitCode = stage.complaints.length === 0 ? 0 : 1;
}
