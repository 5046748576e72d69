import type { FileTree } from "./files";
import type { HostSpec } from "./hosts";
import { hexDigits, uuidOf, wander } from "./random";

/** The parts of /proc and /etc that tell a simulated machine from another. Times in seconds since the fleet started. */

/** Clock ticks a second in /proc, as `getconf CLK_TCK` says. */
export const ticksPerSecond = 100;

/** How long the machine had been up when the fleet started. */
function uptimeAtStart(seed: number, spec: HostSpec): number {
  return Math.round(86_400 * (3 + 40 * (wander(0, 1, "uptime", spec.name, seed) + 1)));
}

function uidOf(spec: HostSpec, user: string): number {
  return 2001 + spec.users.indexOf(user);
}

export function coresOf(spec: HostSpec): number {
  return spec.cpu.sockets * spec.cpu.cores;
}

/** What never changes while the fleet runs. `startedAt`: milliseconds since the epoch. */
export function machineFiles(seed: number, spec: HostSpec): FileTree {
  const passwd = spec.users.map((user) => {
    return `${user}:x:${uidOf(spec, user)}:${uidOf(spec, user)}:${user}:/home/${user}:/bin/bash`;
  });
  return {
    "etc/os-release": `${spec.osRelease.join("\n")}\n`,
    "etc/hostname": `${spec.name}\n`,
    "etc/machine-id": `${hexDigits(32, "machine", seed, spec.name)}\n`,
    "etc/passwd": `root:x:0:0:root:/root:/bin/bash\n${passwd.join("\n")}\n`,
    "proc/cpuinfo": cpuinfo(spec),
    "proc/version": `Linux version ${spec.kernel} (build@demo) #1 SMP PREEMPT_DYNAMIC\n`,
    "proc/sys/kernel/hostname": `${spec.name}\n`,
    "proc/sys/kernel/arch": "x86_64\n",
    "proc/sys/kernel/osrelease": `${spec.kernel}\n`,
    "proc/sys/kernel/random/boot_id": `${uuidOf("boot", seed, spec.name)}\n`,
    "sys/devices/system/cpu/online": `0-${coresOf(spec) - 1}\n`,
    "run/disks": disks(spec),
  };
}

function cpuinfo(spec: HostSpec): string {
  const blocks = Array.from({ length: coresOf(spec) }, (_, core) =>
    [
      `processor\t: ${core}`,
      `vendor_id\t: ${spec.cpu.vendor}`,
      `model name\t: ${spec.cpu.model}`,
      `cpu MHz\t\t: 2800.000`,
      `physical id\t: ${Math.floor(core / spec.cpu.cores)}`,
      `core id\t\t: ${core % spec.cpu.cores}`,
      `cpu cores\t: ${spec.cpu.cores}`,
    ].join("\n"),
  );
  return `${blocks.join("\n\n")}\n\n`;
}

function disks(spec: HostSpec): string {
  const lines = spec.disks.map((disk) => {
    const share = `${Math.ceil((100 * disk.usedGiB) / disk.totalGiB)}%`;
    const [total, used, free] = [disk.totalGiB, disk.usedGiB, disk.totalGiB - disk.usedGiB].map(
      (GiB) => GiB * 1024 ** 2,
    );
    return `${disk.device} ${total} ${used} ${free} ${share} ${disk.mount}`;
  });
  return `${lines.join("\n")}\n`;
}

/** What the kernel counts, at one moment. The counters only ever grow. `processes`: how many jobs keep a core or two busy. */
export function counterFiles(
  seed: number,
  spec: HostSpec,
  startedAt: number,
  seconds: number,
  processes: number,
): FileTree {
  const uptime = uptimeAtStart(seed, spec) + seconds;
  const cores = coresOf(spec);
  const share = Math.min(0.9, 0.03 + (0.04 * processes * 24) / cores);
  // The integral of share * (1 + cos): a load that swells and falls within a minute and a half, and a sum that never shrinks.
  const busy = cores * share * (uptime + (90 / (2 * Math.PI)) * 0.6 * Math.sin((2 * Math.PI * uptime) / 90));
  const idle = cores * uptime - busy;
  const ticks = (amount: number) => Math.round(amount * ticksPerSecond);
  const load = (minutes: number) =>
    (cores * share * (1 + 0.3 * wander(uptime, 60 * minutes, "load", minutes, spec.name))).toFixed(2);
  const totalKiB = spec.memoryGiB * 1024 ** 2;
  const usedShare = 0.08 + Math.min(0.7, 0.09 * processes) + 0.01 * wander(uptime, 30, "memory", spec.name);
  const availableKiB = Math.round(totalKiB * (1 - usedShare));
  return {
    "proc/uptime": `${uptime.toFixed(2)} ${idle.toFixed(2)}\n`,
    "proc/loadavg": `${load(1)} ${load(5)} ${load(15)} ${processes + 1}/${cores * 9} 4194\n`,
    "proc/stat":
      `cpu  ${ticks(busy * 0.8)} 0 ${ticks(busy * 0.2)} ${ticks(idle)} 0 0 0 0 0 0\n` +
      `btime ${Math.round(startedAt / 1000 - uptimeAtStart(seed, spec))}\nprocs_running ${processes + 1}\n`,
    "proc/meminfo": [
      `MemTotal:       ${totalKiB} kB`,
      `MemFree:        ${Math.round(availableKiB * 0.6)} kB`,
      `MemAvailable:   ${availableKiB} kB`,
      `Buffers:        ${Math.round(totalKiB * 0.002)} kB`,
      `Cached:         ${Math.round(availableKiB * 0.38)} kB`,
      `SwapTotal:      0 kB`,
      `SwapFree:       0 kB\n`,
    ].join("\n"),
  };
}

/** A process as /proc shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly user: string;
  readonly argv: readonly string[];
  /** Seconds since the fleet started; below 0: before it. */
  readonly start: number;
}

/** The files of one process. Its CPU time grows as if it kept one core busy. */
export function processFiles(seed: number, spec: HostSpec, entry: ProcessEntry, seconds: number): FileTree {
  const { pid, argv } = entry;
  const name = (argv[0] ?? "").split("/").at(-1)?.slice(0, 15) ?? "";
  const started = Math.round((uptimeAtStart(seed, spec) + entry.start) * ticksPerSecond);
  const used = Math.max(0, Math.round((seconds - entry.start) * ticksPerSecond));
  const uid = uidOf(spec, entry.user);
  const zeros = (count: number) => Array.from({ length: count }, () => 0).join(" ");
  return {
    [`proc/${pid}/stat`]:
      `${pid} (${name}) S 1 ${pid} ${pid} 0 -1 4194304 ${zeros(4)} ${used} ${Math.round(used / 9)} 0 0 20 0 17 0 ` +
      `${started} 41943040000 1638400 ${zeros(27)}\n`,
    [`proc/${pid}/status`]:
      `Name:\t${name}\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t1\n` +
      `Uid:\t${uid}\t${uid}\t${uid}\t${uid}\nGid:\t${uid}\t${uid}\t${uid}\t${uid}\nVmRSS:\t 6553600 kB\nThreads:\t17\n`,
    [`proc/${pid}/cmdline`]: `${argv.join("\0")}\0`,
    [`proc/${pid}/comm`]: `${name}\n`,
  };
}
