// The browser that shows the workbench when no desktop VS Code does.
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { ensureDebianPackages } from "../prerequisites.mjs";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const macApplications = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/**
 * Finds a Chromium, or installs Debian's where that needs no password.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<string>} the path of the executable
 */
export async function ensureChromium({ log = console.log } = {}) {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (await isExecutable(named)) return named;
    throw new Error(`CHROMIUM_PATH names ${named}, which cannot be executed.`);
  }
  const found = await findChromium();
  if (found) return found;
  await ensureDebianPackages(["chromium", "fonts-liberation"], { log });
  const installed = await findChromium();
  if (installed) return installed;
  throw new Error("No Chromium was found. Install Chromium or Google Chrome, or name its executable in CHROMIUM_PATH.");
}

async function findChromium() {
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter).filter(Boolean)];
  const candidates = [...folders.flatMap((folder) => names.map((name) => join(folder, name))), ...macApplications];
  for (const candidate of candidates) if (await isExecutable(candidate)) return candidate;
  return undefined;
}

const isExecutable = (path) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
