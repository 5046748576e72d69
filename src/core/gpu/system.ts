import type { Disk, SystemFacts } from "../../shared/gpu";
import { boundedText } from "../boundedText";
import { disksSource, type ProbeUpdate } from "./probe";
import { known } from "./reading";

/** Follows what a probe says about the host itself. */
export interface SystemReader {
  take(update: ProbeUpdate): void;
  facts(): SystemFacts;
  /** When a process began, from its start in clock ticks since boot; undefined until the host's clock is known. */
  startedAt(startTicks: number): string | undefined;
}

export function createSystemReader(): SystemReader {
  let facts: SystemFacts = {};
  let boot: { epochSeconds: number; ticksPerSecond: number } | undefined;
  let idle: { uptime: number; idle: number } | undefined;

  function takeFact(name: string, value: string): void {
    const words = boundedText(value);
    if (words === "") return;
    switch (name) {
      case "hostname":
      case "kernel":
      case "architecture":
      case "user":
        facts = { ...facts, [name]: words };
        break;
      case "distribution":
        facts = { ...facts, distribution: words.replace(/^(["'])(.*)\1$/, "$2") };
        break;
      case "cpu":
        facts = { ...facts, cpuModel: words };
        break;
      case "cpus":
        facts = { ...facts, ...known({ cpuCount: countOf(words) }) };
        break;
      case "clock": {
        const [epoch, uptime, ticksPerSecond] = words.split(" ").map(Number);
        if (epoch && uptime !== undefined && ticksPerSecond) boot = { epochSeconds: epoch - uptime, ticksPerSecond };
      }
    }
  }

  /** The idle time of all processors together tells the load far more cheaply than /proc/stat with its line for each. */
  function takeHost(uptimeText: string, loadText: string, memory: readonly string[]): void {
    const [uptime, idleSum] = uptimeText.split(" ").map(Number);
    const [one, five, fifteen] = loadText.split(" ").slice(0, 3).map(Number);
    const kilobytes = (name: string): number | undefined => {
      const match = memory.map((line) => /^(\w+):\s+(\d+) kB/.exec(line)).find((found) => found?.[1] === name);
      return match ? Number(match[2]) * 1024 : undefined;
    };
    const total = kilobytes("MemTotal");
    const available = kilobytes("MemAvailable") ?? kilobytes("MemFree");
    const isLoad = [one, five, fifteen].every((value) => value !== undefined && Number.isFinite(value));
    facts = {
      ...facts,
      ...known({
        uptimeSeconds: Number.isFinite(uptime) ? uptime : undefined,
        load: isLoad ? ([one, five, fifteen] as [number, number, number]) : undefined,
        memoryTotalBytes: total,
        memoryUsedBytes: total !== undefined && available !== undefined ? Math.max(0, total - available) : undefined,
      }),
    };
    if (uptime === undefined || idleSum === undefined || !Number.isFinite(uptime + idleSum)) return;
    if (idle && facts.cpuCount && uptime > idle.uptime) {
      const share = 1 - (idleSum - idle.idle) / ((uptime - idle.uptime) * facts.cpuCount);
      facts = { ...facts, cpuPercent: Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10 };
    }
    if (!idle || uptime - idle.uptime >= 0.5 || uptime < idle.uptime) idle = { uptime, idle: idleSum };
  }

  return {
    take(update) {
      if (update.kind === "fact") takeFact(update.name, update.value);
      else if (update.kind === "host") takeHost(update.uptime, update.load, update.memory);
      else if (update.kind === "output" && update.source === disksSource && update.exitCode !== 137)
        facts = { ...facts, disks: readDisks(update.lines) };
    },
    facts: () => facts,
    startedAt(startTicks) {
      if (!boot) return undefined;
      const milliseconds = (boot.epochSeconds + startTicks / boot.ticksPerSecond) * 1000;
      return Number.isFinite(milliseconds) && Math.abs(milliseconds) < 8.64e15
        ? new Date(Math.round(milliseconds)).toISOString()
        : undefined;
    },
  };
}

/** Processors in a list such as `0-63,128-191`. */
function countOf(list: string): number | undefined {
  let count = 0;
  for (const range of list.split(",")) {
    const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(range);
    if (!match) return undefined;
    count += Number(match[2] ?? match[1]) - Number(match[1]) + 1;
  }
  return count > 0 ? count : undefined;
}

/** The rows of `df -kP`. A path is where it is mounted, as the home folder's own path is not printed. */
function readDisks(lines: readonly string[]): Disk[] {
  const disks = new Map<string, Disk>();
  for (const line of lines.slice(1)) {
    const match = /^.*?\s+(\d+)\s+(\d+)\s+(-?\d+)\s+\S+\s+(\/.*)$/.exec(line);
    if (match?.[4] === undefined) continue;
    const mount = boundedText(match[4]);
    disks.set(mount, {
      path: mount,
      mount,
      totalBytes: Number(match[1]) * 1024,
      usedBytes: Number(match[2]) * 1024,
    });
  }
  return [...disks.values()];
}
