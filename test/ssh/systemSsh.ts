import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Pty, SystemSshParts } from "../../src/core/connections";

/** What the composition supplies for the system's ssh, with the askpass program built as it ships. */
export interface BuiltSystemSsh extends SystemSshParts {
  dispose(): void;
}

export async function buildSystemSsh(): Promise<BuiltSystemSsh> {
  const folder = mkdtempSync(join(tmpdir(), "tensorline-askpass-"));
  const script = join(folder, "askpass.cjs");
  const entry = fileURLToPath(new URL("../../src/ssh/system/askpassMain.ts", import.meta.url));
  await build({ entryPoints: [entry], outfile: script, bundle: true, platform: "node", format: "cjs" });
  return {
    askpass: { node: process.execPath, script },
    async loadPty() {
      try {
        return createRequire(import.meta.url)("@lydell/node-pty") as Pty;
      } catch {
        return undefined;
      }
    },
    dispose: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
