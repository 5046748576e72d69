// Folders that are gone when the command has ended, however it ended.
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Makes an empty folder.
 * @param {string} prefix of its name
 * @returns {Promise<{ path: string, remove: () => void }>} it is also removed when this process exits
 */
export async function temporaryFolder(prefix) {
  const path = await mkdtemp(join(tmpdir(), prefix));
  const clear = () => rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  process.once("exit", clear);
  const remove = () => {
    process.off("exit", clear);
    clear();
  };
  return { path, remove };
}

/**
 * Makes a folder to open in VS Code, with a name that looks well in pictures.
 * @param {string} parent
 * @param {Record<string, string>} [files] text by name
 */
export async function makeWorkspace(parent, files = { "train.py": "print('epoch 1')\n" }) {
  const folder = join(parent, "training");
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}
