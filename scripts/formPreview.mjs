// Shows the job form outside VS Code, as panelPreview.mjs shows the GPU page: its bundle under the extension's own content
// policy with made-up hosts. Takes a picture of every scene; fails on what the policy refuses, on what the page logs and
// where something is wider than the window.
//   node scripts/formPreview.mjs [NAME…]     pictures in test/artifacts/form-NAME.png
import { openStage } from "./panelPreview/stage.mjs";

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

/** Until the plan is of what the form says; one scene shows the form before. */
async function planned(page, scene) {
  await page.waitForSelector(scene === "waiting" ? "form" : ".plan[data-old='false']");
}

const names = process.argv.slice(2);
const stage = await openStage({
  entry: "webview-ui/jobForm/main.tsx",
  scenes: "scripts/panelPreview/formScenes.ts",
  title: "Job form",
});
for (const name of ["/page.js", "/page.css"]) console.log(`${name} ${stage.files[name].length} bytes`);
for (const picture of PICTURES.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const { scene = "usual", width = 820, height = 480 } = picture;
  const act = async (page) => {
    await planned(page, scene);
    await picture.act?.(page);
  };
  await stage.picture({ ...picture, name: `form-${picture.name}`, scene, width, height, act });
}
await stage.close();
for (const complaint of stage.complaints) console.error(complaint);
process.exitCode = stage.complaints.length === 0 ? 0 : 1;
