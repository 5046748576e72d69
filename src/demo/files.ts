import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Files by their path below a folder; a path names a folder's worth of directories as needed. */
export type FileTree = Readonly<Record<string, string>>;

/** Writes a whole tree of files. */
export function writeTree(folder: string, tree: FileTree): void {
  for (const [path, text] of Object.entries(tree)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Replaces files that may be read at this moment: each reader sees the old text or the new one. `spare` lies on the same disk. */
export function replaceTree(folder: string, tree: FileTree, spare: string): void {
  for (const [path, text] of Object.entries(tree)) {
    writeFileSync(spare, text);
    renameSync(spare, join(folder, path));
  }
}
