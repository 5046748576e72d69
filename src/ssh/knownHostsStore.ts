import { randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { codeOf, withFileLock } from "../core/fileLock";
import { namesHost, parseKnownHosts } from "./knownHosts";

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
    withFileLock(`${file}.lock`, async () => {
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
