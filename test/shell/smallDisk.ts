import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";

const mounted: string[] = [];

const newFolder = (): string => mkdtempSync(join(tmpdir(), "tensorline-disk-"));

/** A file system of its own, in memory, with these options of `mount`; gone after the test, and its folder with it. */
export function mount(settings: string, folder = newFolder()): string {
  mkdirSync(folder, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", settings, "none", folder], { stdio: "pipe" });
  mounted.push(folder);
  return folder;
}

function unmountAll(): void {
  for (const folder of mounted.splice(0).reverse()) {
    execFileSync("umount", ["-l", folder]);
    rmdirSync(folder);
  }
}

function cannotMount(): string | undefined {
  const folder = newFolder();
  try {
    mount("size=64k", folder);
  } catch {
    rmdirSync(folder);
    return "needs root and mount";
  }
  unmountAll();
  return undefined;
}

/** Why there can be none here. */
export const withoutMount = cannotMount();

afterEach(unmountAll);
