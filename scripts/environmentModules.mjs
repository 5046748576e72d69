// Environment Modules beside Lmod: Debian's packages of the two exclude each other, so this one is unpacked, not installed.
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildOnce, cacheFolder } from "./vscode/cache.mjs";

const run = promisify(execFile);

/** Where the files of Debian's package lie once they are unpacked. */
export const environmentModulesFolder = join(cacheFolder(), "environment-modules");

/**
 * Fetches and unpacks the package, once per user and machine. It needs Debian's `tcl8.6` to run.
 * @param {{ log?: (line: string) => void }} [options]
 */
export async function ensureEnvironmentModules({ log = console.log } = {}) {
  try {
    await buildOnce(
      environmentModulesFolder,
      async (temporary) => {
        log("Unpacking environment-modules …");
        await run("apt-get", ["download", "-q", "environment-modules"], { cwd: temporary });
        const [file] = (await readdir(temporary)).filter((name) => name.endsWith(".deb"));
        await run("dpkg-deb", ["-x", file, "."], { cwd: temporary });
      },
      log,
    );
  } catch (cause) {
    log(`environment-modules could not be unpacked: ${String(cause.stderr || cause.message).trim()}`);
  }
}
