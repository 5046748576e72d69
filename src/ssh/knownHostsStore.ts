import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { namesHost, parseKnownHosts } from "./knownHosts";

/** A lock older than this was left by a window that died: nothing holds it for longer than one small write. */
const staleLockMs = 10_000;
const lockPauseMs = 25;

/** Our own known_hosts file. Written whole to a new file under a lock, so that two windows never lose a line. */
export interface KnownHostsStore {
  readonly file: string;
  add(name: string, key: Uint8Array, keyType: string): Promise<void>;
  /** Removes every key of a host, revocations excepted. */
  remove(name: string): Promise<void>;
}

/** @throws the file system's own errors */
export function knownHostsStore(file: string): KnownHostsStore {
  const change = (edit: (lines: string[]) => string[]) =>
    withLock(`${file}.lock`, async () => {
      const text = await readFile(file, "utf8").catch((error: unknown) => {
        if (codeOf(error) === "ENOENT") return "";
        throw error;
      });
      const lines = edit(text.split(/\r?\n/).filter((line) => line !== ""));
      const fresh = `${file}.${randomBytes(6).toString("hex")}`;
      await writeFile(fresh, lines.map((line) => `${line}\n`).join(""), { mode: 0o600, flag: "wx" });
      await rename(fresh, file);
    });
  return {
    file,
    add: (name, key, keyType) =>
      change((lines) => [...lines, `${name} ${keyType} ${Buffer.from(key).toString("base64")}`]),
    remove: (name) =>
      change((lines) =>
        lines.filter((line) => {
          const [parsed] = parseKnownHosts(line, file);
          return !parsed || parsed.marker !== undefined || !namesHost(parsed, name);
        }),
      ),
  };
}

/** The `code` of a file system error, else empty. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

async function withLock(lock: string, work: () => Promise<void>): Promise<void> {
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
    await work();
  } finally {
    await rm(lock, { force: true });
  }
}
