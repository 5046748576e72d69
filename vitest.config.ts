import { readFile } from "node:fs/promises";
import { defineConfig } from "vitest/config";

/** Scripts for hosts are imported as text, as the bundler does. */
const scriptsAsText = {
  name: "scripts-as-text",
  async load(id: string) {
    if (!/\.(sh|py)$/.test(id)) return undefined;
    return `export default ${JSON.stringify(await readFile(id, "utf8"))}`;
  },
};

export default defineConfig({
  plugins: [scriptsAsText],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    // Nothing takes so long; a machine that has much else to do may.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        // Pure code: nothing to isolate, and starting a worker for each file would take most of the time.
        test: {
          name: "unit",
          include: ["test/{unit,contract,webview}/**/*.test.{ts,tsx}"],
          isolate: false,
          pool: "threads",
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: "source",
          include: ["test/{shell,ssh,demo,python}/**/*.test.ts"],
          // These wait for servers more than they work.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: "built",
          include: ["test/cli/**/*.test.ts"],
          globalSetup: "test/cli/build.ts",
          // These tests wait for processes more than they work.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
