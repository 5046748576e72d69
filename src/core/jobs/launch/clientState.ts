import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../failure";
import { codeOf, withFileLock } from "../../fileLock";

/**
 * What all windows and command lines of this client share about their syncs. One client has one work tree for a folder on a
 * host, so whoever holds its lock here is the only one who changes that work tree: no lock is needed on the host.
 */
export interface ClientState {
  /** One word for this client, the same for as long as its storage lives. */
  id(): Promise<string>;
  /** Does something while no other window syncs the same work tree. `key` is its name. */
  alone<T>(key: string, signal: AbortSignal, work: (syncs: Syncs) => Promise<T>): Promise<T>;
}

/** What is known of earlier syncs of a work tree. */
export interface Syncs {
  /** There was none, or the last one came to its end before `time` (`Clock.now()`). */
  restedSince(time: number): Promise<boolean>;
  /** A sync that dies in `work` is remembered: what it left is no work tree to take a snapshot of. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/** A lock whose holder has not touched it for so long was left by a window that died. */
const staleMs = 15_000;
const touchMs = 3000;
const pauseMs = 50;

export function createClientState(storageDir: string): ClientState {
  const folder = join(storageDir, "launches");
  return {
    async id() {
      const file = join(folder, "client");
      const known = await readFile(file, "utf8").catch(() => "");
      if (known !== "") return known;
      return withFileLock(`${file}.lock`, async () => {
        const meanwhile = await readFile(file, "utf8").catch(() => "");
        if (meanwhile !== "") return meanwhile;
        const id = randomUUID();
        await writeFile(file, id, { mode: 0o600 });
        return id;
      });
    },
    async alone(key, signal, work) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const lock = join(folder, `${key}.lock`);
      await take(lock, signal);
      const touching = setInterval(() => {
        const now = new Date();
        utimes(lock, now, now).catch(() => {});
      }, touchMs);
      try {
        return await work(syncsOf(join(folder, `${key}.sync`)));
      } finally {
        clearInterval(touching);
        await rm(lock, { force: true });
      }
    },
  };
}

function syncsOf(file: string): Syncs {
  return {
    async restedSince(time) {
      const word = await readFile(file, "utf8").catch((error: unknown) => {
        if (codeOf(error) === "ENOENT") return undefined;
        throw error;
      });
      if (word === undefined) return true;
      return word === "whole" && (await stat(file)).mtimeMs <= time;
    },
    async during(work) {
      await writeFile(file, "half", { mode: 0o600 });
      const result = await work();
      await writeFile(file, "whole", { mode: 0o600 });
      return result;
    },
  };
}

async function take(lock: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    if (signal.aborted) throw new Failure({ reason: "cancelled" });
    try {
      await (await open(lock, "wx", 0o600)).close();
      return;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
      const held = await stat(lock).catch(() => undefined);
      if (held && Date.now() - held.mtimeMs > staleMs) await rm(lock, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
