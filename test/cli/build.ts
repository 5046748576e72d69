import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Builds the bundles once a run, where they are older than their sources. */
export default function buildWhenStale(): void {
  const built = statSync(join(root, "dist", "cli.cjs"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  if (sources.some((file) => statSync(join(root, "src", file)).mtimeMs > built))
    execFileSync(process.execPath, [join(root, "scripts", "build.mjs")], { stdio: "inherit" });
}
