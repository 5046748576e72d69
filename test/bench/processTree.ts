import { readdirSync, readFileSync } from "node:fs";

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** Milliseconds of CPU of itself and of the children it has waited for. */
  readonly cpuMs: number;
}

const tickMs = 10;

/** Every process of this Linux machine. Own time to the nanosecond, that of ended children in ticks of 10 ms. */
function processes(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        const own = Number(readFileSync(`/proc/${name}/schedstat`, "utf8").split(" ")[0]) / 1e6;
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        const ended = (Number(fields[13]) + Number(fields[14])) * tickMs;
        return [{ pid: Number(name), parent: Number(fields[1]), command, cpuMs: own + ended }];
      } catch {
        // It ended while it was being read; its time is in its parent's by now.
        return [];
      }
    });
}

/**
 * CPU milliseconds used so far by everything below the process whose command line contains `command`, and the part
 * of it that processes whose command line matches `part` used.
 */
export function cpuBelow(command: string, part: RegExp): { all: number; part: number } {
  const every = processes();
  const root = every.find((process) => process.command.includes(command));
  if (!root) throw new Error(`no process runs ${command}`);
  const below = (pid: number): Process[] =>
    every.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
  const found = below(root.pid);
  const sum = (of: readonly Process[]) => of.reduce((total, { cpuMs }) => total + cpuMs, 0);
  return { all: sum(found), part: sum(partOf(found, part)) };
}

/** Those that match and what they started. */
function partOf(found: readonly Process[], part: RegExp): Process[] {
  const within = new Set<number>();
  for (const { pid, parent, command } of found) if (part.test(command) || within.has(parent)) within.add(pid);
  return found.filter(({ pid }) => within.has(pid));
}
