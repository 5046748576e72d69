import { readFile } from "node:fs/promises";
import { defineConfig } from "vitest/config";

/** Scripts for hosts are imported as text, as the bundler does. */
const scriptsAsText = {
  name: "scripts-as-text",
  async load(id: string) {
    if (!id.endsWith(".sh")) return undefined;
    return `export default ${JSON.stringify(await readFile(id, "utf8"))}`;
  },
};

export default defineConfig({
  plugins: [scriptsAsText],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: { alias: { vscode: new URL("test/mocks/vscode.ts", import.meta.url).pathname } },
  test: {
    include: ["test/{unit,contract,ssh,webview,demo,cli}/**/*.test.{ts,tsx}"],
    testTimeout: 30_000,
  },
});
