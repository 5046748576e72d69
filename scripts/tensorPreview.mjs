// Shows the tensor page outside VS Code: terminal and Shape panel with made-up failures.
//   node scripts/tensorPreview.mjs [NAME…]     pictures in test/artifacts/tensor-NAME.png
//   node scripts/tensorPreview.mjs --speed     how fast the page's terminal takes output
//   node scripts/tensorPreview.mjs --serve     stays up to look at in a browser
import { openStage } from "./panelPreview/stage.mjs";

const wide = { width: 1200, height: 860 };
const narrow = { width: 480, height: 1000 };
const light = "vscode-light";
const contrast = "vscode-high-contrast";

const PICTURES = [
  { name: "dark", scene: "failed", ...wide },
  { name: "light", scene: "failed", theme: light, ...wide },
  { name: "high-contrast", scene: "failed", theme: contrast, ...wide },
  { name: "dark-480", scene: "failed", ...narrow },
  { name: "light-480", scene: "failed", theme: light, ...narrow },
  { name: "high-contrast-480", scene: "failed", theme: contrast, ...narrow },
  { name: "memory", scene: "memory", ...wide, act: unfold },
  { name: "text", scene: "text", theme: light, ...wide },
  { name: "convolution", scene: "convolution", ...wide },
  { name: "over", scene: "over", theme: light, ...wide },
  { name: "empty", scene: "empty", ...wide },
  { name: "silent", scene: "silent", ...wide },
  { name: "alone", scene: "alone", ...narrow, width: 600 },
  { name: "alone-empty", scene: "aloneEmpty", theme: light, ...narrow, width: 260 },
  { name: "find", scene: "failed", ...wide, act: find },
  { name: "200-percent", scene: "failed", width: 600, height: 430, zoom: 2 },
  { name: "hostile", scene: "hostile", ...wide },
];

async function unfold(page) {
  for (const summary of await page.locator(".failure > details > summary").all()) await summary.click();
}

async function find(page) {
  await page.getByLabel("Find", { exact: true }).click();
  await page.getByLabel("Find in the output shown").fill("fc2");
}

/** Output as a training run prints it, at the page's own pace. */
async function measure(stage) {
  const page = await stage.open({ name: "speed", scene: "failed", ...wide });
  const told = await page.evaluate(async () => {
    const line = "step 1240/10000  loss 0.4312  lr 3.0e-04  \u001b[32m12.1 it/s\u001b[0m  mem 71.2 GiB\r\n";
    const text = line.repeat(200_000);
    const start = performance.now();
    for (let at = 0; at < text.length; at += 32_768) window.preview.flow.push(text.slice(at, at + 32_768));
    await window.preview.flow.drained();
    return { characters: text.length, milliseconds: performance.now() - start, most: window.preview.most() };
  });
  await page.close();
  const rate = told.characters / told.milliseconds / 1000;
  console.log(`${rate.toFixed(1)} MB/s: ${told.characters} characters in ${Math.round(told.milliseconds)} ms`);
  console.log(`at most ${told.most} characters were on their way`);
}

const names = process.argv.slice(2);
const stage = await openStage({
  entry: "webview-ui/tensor/main.tsx",
  scenes: "scripts/panelPreview/tensorScenes.ts",
  title: "Tensor Terminal",
  injectsStyles: true,
  ...(process.env.PICTURES ? { folder: process.env.PICTURES } : {}),
});
console.log(["/page.js", "/page.css"].map((name) => `${name} ${stage.files[name].length} bytes`).join(", "));
if (names.includes("--serve")) {
  console.log(`${stage.origin}/?scene=failed&theme=vscode-dark`);
} else {
  if (names.includes("--speed")) await measure(stage);
  else
    for (const picture of PICTURES.filter(({ name }) => names.length === 0 || names.includes(name)))
      await stage.picture({ ...picture, name: `tensor-${picture.name}` });
  await stage.close();
  for (const complaint of stage.complaints) console.error(complaint);
  process.exitCode = stage.complaints.length === 0 ? 0 : 1;
}
