import { randomBytes } from "node:crypto";
import { access, chmod, copyFile, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { Failure, isFailure } from "../failure";
import { codeOf, withFileLock } from "../fileLock";

/** A file that is to become another text; `before` is undefined where there is no such file yet. */
export interface FileChange {
  readonly file: string;
  readonly before: string | undefined;
  readonly after: string;
}

/** Beside a changed file: its text before the last change, and before the very first one, which is never overwritten. */
const backupSuffix = ".tensorline-backup";
const originalSuffix = ".tensorline-original";

/**
 * The text of a config file; undefined where there is none.
 * @throws Failure `hostsFileUnusable`, also for text that is not UTF-8 and so could not be written back unchanged
 */
export async function readConfigText(file: string): Promise<string | undefined> {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(file));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    const detail = error instanceof TypeError ? "it is not UTF-8 text" : codeOf(error);
    throw new Failure({ reason: "hostsFileUnusable", file, detail }, error);
  }
}

/**
 * Writes all changes, or none where a file is not what it was when they were planned. Each file is replaced whole, keeps
 * its mode (0600 for a new one), a link is followed, and its old text stays beside it.
 * @param lockFile one name for everybody who writes these files
 * @throws Failure `hostsFileChanged`, `hostsFileUnusable`
 */
export async function writeConfigTexts(changes: readonly FileChange[], lockFile: string): Promise<void> {
  let file = lockFile;
  try {
    await withFileLock(lockFile, async () => {
      for (const change of changes) {
        if ((await readConfigText(change.file)) !== change.before) {
          throw new Failure({ reason: "hostsFileChanged", file: change.file });
        }
      }
      for (const change of changes) {
        file = change.file;
        await replaceFile(change);
      }
    });
  } catch (error) {
    if (isFailure(error)) throw error;
    throw new Failure({ reason: "hostsFileUnusable", file, detail: codeOf(error) }, error);
  }
}

async function replaceFile({ file, before, after }: FileChange): Promise<void> {
  const target = before === undefined ? file : await realpath(file);
  const mode = before === undefined ? 0o600 : (await stat(target)).mode & 0o777;
  if (before !== undefined) await keepOld(target, file);
  const fresh = `${target}.${randomBytes(6).toString("hex")}`;
  try {
    const handle = await open(fresh, "wx", 0o600);
    try {
      await handle.writeFile(after);
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

async function keepOld(target: string, file: string): Promise<void> {
  const original = `${file}${originalSuffix}`;
  const isKept = await access(original).then(
    () => true,
    () => false,
  );
  for (const copy of isKept ? [`${file}${backupSuffix}`] : [original, `${file}${backupSuffix}`]) {
    const fresh = `${copy}.${randomBytes(6).toString("hex")}`;
    await copyFile(target, fresh);
    await chmod(fresh, 0o600);
    await rename(fresh, copy);
  }
}
