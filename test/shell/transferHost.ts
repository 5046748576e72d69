import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { clientFacts } from "../../src/core/client";
import { systemClock } from "../../src/core/clock";
import type { Runner } from "../../src/core/remote";
import { createTransfers } from "../../src/core/transfer/transfers";
import { createLocalRunner } from "../mocks/localRunner";
import { shells } from "./probeHost";

/** One folder for all of a test file; it goes away with the file's last test. */
const scratch = mkdtempSync(join(tmpdir(), "tensorline-transfer-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

export const newFolder = (): string => mkdtempSync(join(scratch, "t-"));

export const noAbort = new AbortController().signal;

export const transfers = createTransfers({ client: clientFacts(), clock: systemClock });

export interface ShellHost {
  readonly name: string;
  readonly runner: Runner;
  /** The same host with more in the environment of its shell, or with a program that starts the shell. */
  with(env: Readonly<Record<string, string>>, before?: readonly string[]): Runner;
}

/** Shells with the tools that come with them; BusyBox has nothing but its own. */
export const hosts: readonly ShellHost[] = shells.map((shell) => {
  if (shell[0] !== "busybox") return shellHost(shell[0], shell, "/usr/bin:/bin");
  const applets = join(scratch, "applets");
  mkdirSync(applets);
  execFileSync("busybox", ["--install", "-s", applets]);
  const path = execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();
  return shellHost("busybox", [path, "sh"], applets);
});

function shellHost(name: string, shell: readonly [string, ...string[]], path: string): ShellHost {
  const withMore: ShellHost["with"] = (env, before = []) => {
    const [program, ...words] = [...before, ...shell];
    return createLocalRunner({ shell: [program ?? name, ...words], env: { PATH: path, ...env } });
  };
  return { name, runner: withMore({}), with: withMore };
}

export interface TestFile {
  readonly text?: string | Buffer;
  readonly mode?: number;
  /** Seconds since the epoch. */
  readonly mtime?: number;
}

/** Writes files by relative path; a name that ends in a slash is an empty folder. */
export function writeTree(root: string, files: Readonly<Record<string, TestFile | string>>): void {
  for (const [path, file] of Object.entries(files)) {
    const { text = "", mode = 0o644, mtime = 1_700_000_000 } = typeof file === "string" ? { text: file } : file;
    mkdirSync(path.endsWith("/") ? join(root, path) : dirname(join(root, path)), { recursive: true });
    if (path.endsWith("/")) continue;
    writeFileSync(join(root, path), text, { mode });
    utimesSync(join(root, path), mtime, mtime);
  }
}

/** Everything in a folder, by path: `file MODE SECONDS HASH`, `link TARGET` or `folder`. */
export function readTree(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (folder: string) => {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = folder === "" ? name : `${folder}/${name}`;
      const facts = lstatSync(join(root, path));
      if (facts.isSymbolicLink()) found[path] = `link ${readlinkSync(join(root, path))}`;
      else if (facts.isDirectory()) {
        found[path] = "folder";
        walk(path);
      } else {
        const hash = createHash("sha1")
          .update(readFileSync(join(root, path)))
          .digest("hex")
          .slice(0, 8);
        found[path] = `file ${(facts.mode & 0o7777).toString(8)} ${Math.floor(facts.mtimeMs / 1000)} ${hash}`;
      }
    }
  };
  walk("");
  return found;
}

/** What Tensorline left unfinished anywhere in a folder. */
export const leftovers = (root: string): string[] =>
  Object.keys(readTree(root)).filter((path) => path.includes(".tensorline-"));
