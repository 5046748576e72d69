import { readFileSync } from "node:fs";

/**
 * Looks again and again until it is so: nothing tells of what happens to a process that is not ours. After so many
 * milliseconds it fails with what was waited for.
 */
export async function until(so: () => boolean, patienceMs = 50_000): Promise<void> {
  const over = performance.now() + patienceMs;
  while (!so()) {
    if (performance.now() > over) throw new Error(`It did not become so in ${patienceMs / 1000} s: ${so}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** Zombies that nobody waits for have ended too. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return !/^ [ZX]/.test(stat.slice(stat.lastIndexOf(")") + 1));
  } catch {
    return false;
  }
}

/** Resolves once a process is gone or only waits to be collected. */
export const gone = (pid: number): Promise<void> => until(() => !isRunning(pid));
