import { mkdir, open, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** A lock older than this was left by a window that died: nothing holds it for longer than a few small writes. */
const staleLockMs = 10_000;
const lockPauseMs = 25;

/**
 * Does work on files that other windows write too, while nobody else does. The lock's folder is made when missing.
 * @throws the file system's own errors
 */
export async function withFileLock<T>(lock: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(lock), { recursive: true, mode: 0o700 });
  for (;;) {
    try {
      await (await open(lock, "wx", 0o600)).close();
      break;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
      const held = await stat(lock).catch(() => undefined);
      if (held && Date.now() - held.mtimeMs > staleLockMs) await rm(lock, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, lockPauseMs));
    }
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

/** The `code` of a file system error, else empty. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
