import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { codeOf, withFileLock } from "../../core/fileLock";
import type { Logger } from "../../core/logger";
import { WatchedFileSchema, type WatchedJob } from "./watched";

/** The list of watched jobs that all windows share. */
export interface WatchedFile {
  /** Empty where there is none, or none that can be understood. */
  read(): Promise<readonly WatchedJob[]>;
  /**
   * Replaces the list while no other window does. `edit` answers undefined where nothing is to change; so does this.
   * @throws the file system's own errors
   */
  change(
    edit: (jobs: readonly WatchedJob[]) => readonly WatchedJob[] | undefined,
  ): Promise<readonly WatchedJob[] | undefined>;
}

export function createWatchedFile(storageDir: string, log: Logger): WatchedFile {
  const file = join(storageDir, "watchedJobs.json");

  const read = async (): Promise<readonly WatchedJob[]> => {
    const text = await readFile(file, "utf8").catch((error: unknown) => {
      if (codeOf(error) !== "ENOENT") log.warn(`${file} cannot be read (${codeOf(error)})`);
      return undefined;
    });
    if (text === undefined) return [];
    try {
      return v.parse(WatchedFileSchema, JSON.parse(text)).jobs;
    } catch {
      log.warn(`${file} cannot be understood; jobs are watched anew from now on`);
      return [];
    }
  };

  return {
    read,
    change: (edit) =>
      withFileLock(`${file}.lock`, async () => {
        const jobs = edit(await read());
        if (!jobs) return undefined;
        const fresh = `${file}.new`;
        await writeFile(fresh, JSON.stringify({ version: 1, jobs }, undefined, 1), { mode: 0o600 });
        await rename(fresh, file);
        return jobs;
      }),
  };
}
