import { spawnSync } from "node:child_process";

/** Looks now and then until it is so: nobody tells of what other processes do. */
export async function until(so: () => boolean): Promise<void> {
  while (!so()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A killed process whose parent is gone may stay as a zombie where nobody collects it. */
export function isRunning(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.startsWith("Z");
}

/** Resolves once a process is gone or only waits to be collected. */
export const gone = (pid: number): Promise<void> => until(() => !isRunning(pid));
