// A real VS Code for `npm start`, `npm test` and `npm run bench`.
export { ensureChromium } from "./vscode/chromium.mjs";
export { ensureVsCode } from "./vscode/install.mjs";
export { screenshot, startVsCode, startVsCodeServer } from "./vscode/workbench.mjs";
