// Python environments with real frameworks for tests: made with pip, once per user and machine.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildOnce, cacheFolder } from "./vscode/cache.mjs";

const run = promisify(execFile);

/**
 * The interpreter of an environment that holds these packages, as pip names them.
 * It is moved to its place when it is whole: its scripts do not run, `python -m` does.
 * @param {string} python the program that makes it: `python3.11`
 * @param {readonly string[]} requirements
 * @param {(line: string) => void} [log]
 * @returns {Promise<string>} rejects with a sentence where it cannot be made
 */
export async function ensureVenv(python, requirements, log = console.log) {
  const { stdout } = await run(python, [
    "-c",
    "import platform; print(platform.platform(), platform.python_version())",
  ]);
  const checksum = createHash("sha256")
    .update(JSON.stringify([stdout.trim(), requirements]))
    .digest("hex")
    .slice(0, 8);
  const names = requirements.map((one) => one.match(/^[\w-]+/)?.[0]).join("-");
  const folder = await buildOnce(
    join(cacheFolder(), "venvs", `${names}-${checksum}`),
    async (temporary) => {
      log(`Installing ${requirements.join(", ")} for ${python} …`);
      await run(python, ["-m", "venv", temporary]);
      const pip = ["-m", "pip", "install", "--quiet", "--retries", "0", "--no-input", ...requirements];
      await run(join(temporary, "bin", "python"), pip, { maxBuffer: 1 << 26 });
    },
    log,
  );
  return join(folder, "bin", "python");
}
