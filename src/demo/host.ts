import { chmodSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import type { Disposable } from "../core/lifecycle";
import { amdFiles, amdLinks, amdMoment, computeProcessFiles } from "./amdHost";
import { type ToolkitSpec, toolkitFiles, toolkitFolder, writeEnvironments } from "./environments";
import { replaceTree, writeTree } from "./files";
import { writeGarbage } from "./garbage";
import type { HostSpec } from "./hosts";
import { type RunningJob, realProcesses, startJobs } from "./jobs";
import { coresOf, counterFiles, machineFiles, processFiles } from "./machine";
import { type Moment, nvidiaFiles, nvidiaState } from "./nvidiaHost";
import type { FaultKind } from "./protocol";
import { findRealJobs } from "./realJobs";
import { assignments } from "./shellText";
import { findExecutable, hostTools } from "./toolbox";

/** A simulated machine: a folder of files that its tools read, kept up to date while somebody is connected. */
export interface Host extends Disposable {
  readonly spec: HostSpec;
  /** What an interactive shell shows first. */
  readonly greeting: string;
  /** Working folder and home of the login user. */
  readonly home: string;
  /** The environment of every command on this host. */
  readonly environment: Readonly<Record<string, string>>;
  /** Somebody connected: the files are brought up to date and kept so until the handle is disposed of. */
  watch(): Disposable;
  setFault(fault: FaultKind, gpu: number | undefined): void;
}

export interface HostOptions {
  readonly spec: HostSpec;
  readonly seed: number;
  /** Made by this function: the files that tools read. They change often, so it may lie in memory. */
  readonly folder: string;
  /** Made by this function: the login user's home. */
  readonly home: string;
  readonly toolsFolder: string;
  readonly basicsFolder: string;
  /** Tools of this computer that the machine shows only where it simulates them. */
  readonly hidden: readonly string[];
  readonly shell: string;
  /** Milliseconds since the epoch when the fleet started. */
  readonly startedAt: number;
}

/** How often /proc is renewed, in milliseconds: counters that nobody reads faster. */
const countersEveryMs = 1000;

/** Builds the machine and starts its jobs. */
export function createHost(options: HostOptions): Host {
  const { spec, seed, folder, home, startedAt } = options;
  const seconds = () => (Date.now() - startedAt) / 1000;
  const spare = join(folder, "run", "new");
  let fault: FaultKind = "none";
  let lostGpu: number | undefined;
  let watchers = 0;
  let timer: NodeJS.Timeout | undefined;
  let countersAt = Number.NEGATIVE_INFINITY;
  let lookedAt = Number.NEGATIVE_INFINITY;

  build(options);
  const jobs = startJobs(spec, seed, seconds, realProcesses(options.shell), () => renewJobs());
  const realJobs = findRealJobs(spec, seed, folder);
  const shownPids = new Set<number>();
  renewJobs();

  function runningJobs(): readonly RunningJob[] {
    return [...jobs.running(), ...realJobs.running()];
  }

  /** Processes come and go seldom: their folders are made and removed as they do. */
  function renewJobs(): void {
    const now = seconds();
    const running = runningJobs();
    for (const pid of shownPids) {
      if (running.some((job) => job.pid === pid)) continue;
      rmSync(join(folder, "proc", String(pid)), { recursive: true, force: true });
      rmSync(join(folder, "sys/class/kfd/kfd/proc", String(pid)), { recursive: true, force: true });
      shownPids.delete(pid);
    }
    for (const job of running) {
      if (shownPids.has(job.pid)) continue;
      shownPids.add(job.pid);
      const entry = { pid: job.pid, user: job.user, argv: job.turn.program.argv, start: job.turn.start };
      writeTree(folder, processFiles(seed, spec, entry, now));
    }
    renew(true);
  }

  function renew(everything: boolean): void {
    const now = seconds();
    const running = runningJobs();
    const date = new Date(startedAt + now * 1000);
    const moment: Moment = {
      seed,
      seconds: now,
      timestamp: toolTime(date),
      jobs: running,
      works: [...jobs.works(), ...realJobs.works()],
      lostGpu,
    };
    const prelude = assignments({
      clock: longTime(date),
      fault: fault === "gpu-lost" || fault === "cut" ? "none" : fault,
    });
    if (spec.gpus?.vendor === "nvidia") {
      replaceTree(folder, { "run/state": `${prelude}\n${nvidiaState(spec, spec.gpus, moment)}` }, spare);
    }
    if (spec.gpus?.vendor === "amd") {
      const { files, state } = amdMoment(spec, spec.gpus, moment);
      replaceTree(folder, { "run/state": `${prelude}\n${state}`, ...files }, spare);
      if (everything) writeTree(folder, computeProcessFiles(spec, moment));
    }
    if (!everything && now * 1000 - countersAt < countersEveryMs) return;
    countersAt = now * 1000;
    replaceTree(folder, counterFiles(seed, spec, startedAt, now, running.length), spare);
    for (const job of running) {
      const entry = { pid: job.pid, user: job.user, argv: job.turn.program.argv, start: job.turn.start };
      const files = processFiles(seed, spec, entry, now);
      const stat = `proc/${job.pid}/stat`;
      replaceTree(folder, { [stat]: files[stat] ?? "" }, spare);
    }
  }

  function beat(): void {
    const now = seconds();
    const advanced = jobs.advance(now);
    const changed = now - lookedAt >= 1 && look(now);
    if (advanced || changed) renewJobs();
    else renew(false);
  }

  function look(now: number): boolean {
    lookedAt = now;
    return realJobs.look(now);
  }

  return {
    spec,
    greeting: greeting(spec),
    home,
    environment: {
      PATH: `${join(folder, "bin")}:${options.basicsFolder}`,
      HOME: home,
      USER: spec.user,
      LOGNAME: spec.user,
      SHELL: "/bin/sh",
      LANG: "C.UTF-8",
      TERM: "xterm-256color",
      HOST_PROC: join(folder, "proc"),
      HOST_SYS: join(folder, "sys"),
      HOST_ETC: join(folder, "etc"),
      HOST_ROOT: folder,
      HOST_VAR: join(folder, "var"),
    },
    watch() {
      watchers += 1;
      if (watchers === 1) {
        beat();
        timer = setInterval(beat, spec.beatMs);
      }
      let open = true;
      return {
        dispose() {
          if (!open) return;
          open = false;
          watchers -= 1;
          if (watchers === 0) clearInterval(timer);
        },
      };
    },
    setFault(next, gpu) {
      fault = next;
      lostGpu = next === "gpu-lost" ? (gpu ?? 0) : undefined;
      if (next === "garbage") writeGarbage(join(folder, "run", "garbage"));
      if (spec.gpus?.vendor === "amd") forgetLostCard(folder, spec.gpus.gpus[lostGpu ?? -1]?.bus);
      renew(true);
    },
    dispose() {
      clearInterval(timer);
      jobs.dispose();
    },
  };
}

/** The values of a lost AMD GPU cannot be read any more; the files come back with the next moment once it is found again. */
function forgetLostCard(folder: string, bus: string | undefined): void {
  if (bus === undefined) return;
  const device = join(folder, "sys/bus/pci/devices", `0000:${bus}`);
  for (const file of ["gpu_busy_percent", "mem_busy_percent", "mem_info_vram_used", "pp_dpm_sclk", "pp_dpm_mclk"]) {
    rmSync(join(device, file), { force: true });
  }
}

function build(options: HostOptions): void {
  const { spec, seed, folder, home } = options;
  for (const name of ["bin", "run", "proc", "sys", "etc"]) mkdirSync(join(folder, name), { recursive: true });
  mkdirSync(home, { recursive: true });
  // Everybody's, as on a real machine, and this machine's alone.
  mkdirSync(join(folder, "var/tmp"), { recursive: true });
  chmodSync(join(folder, "var/tmp"), 0o1777);
  symlinkSync(options.toolsFolder, join(folder, "lib"));
  const facts = {
    hostname: spec.name,
    user: spec.user,
    home,
    kernel: spec.kernel,
    cores: coresOf(spec),
    driver: spec.gpus?.driver ?? "",
    cuda: spec.gpus?.vendor === "nvidia" ? spec.gpus.cuda : "",
    brand: spec.gpus?.model.brand ?? "",
    architecture: spec.gpus?.model.architecture ?? "",
    video_clock: spec.gpus?.model.videoClockMhz ?? "",
  };
  writeTree(folder, { ...machineFiles(seed, spec), "run/facts": `${assignments(facts)}\n` });
  for (const name of hostTools) symlinkSync("../lib/host-tool", join(folder, "bin", name));
  if (process.platform === "linux") symlinkSync("/proc/self", join(folder, "proc", "self"));
  if (spec.gpus) {
    const driver = join(folder, "sys/bus/pci/drivers", spec.gpus.vendor === "nvidia" ? "nvidia" : "amdgpu");
    mkdirSync(driver, { recursive: true });
    for (const { bus } of spec.gpus.gpus) symlinkSync(`../../devices/0000:${bus}`, join(driver, `0000:${bus}`));
  }
  const tool = spec.gpus && { nvidia: "nvidia-smi", amd: "rocm-smi" }[spec.gpus.vendor];
  if (tool) symlinkSync(`../lib/${tool}`, join(folder, "bin", tool));
  for (const name of options.hidden) if (name !== tool) symlinkSync("../lib/absent", join(folder, "bin", name));
  if (spec.gpus?.vendor === "nvidia") {
    writeTree(folder, nvidiaFiles(spec, spec.gpus));
  }
  writeToolkits(folder, spec.toolkits ?? []);
  writeEnvironments(home, spec.environments ?? [], findExecutable("python3", options.basicsFolder));
  if (spec.gpus?.vendor === "amd") {
    writeTree(folder, amdFiles(spec, spec.gpus, seed));
    for (const [path, target] of Object.entries(amdLinks(spec.gpus))) symlinkSync(target, join(folder, path));
  }
}

/** Each name leads to the last one written. */
function writeToolkits(folder: string, toolkits: readonly ToolkitSpec[]): void {
  writeTree(folder, toolkitFiles(toolkits));
  const links = new Map(toolkits.map(toolkitFolder).map((place) => [place.link, place.folder]));
  for (const [link, target] of links) symlinkSync(basename(target), join(folder, link));
}

function greeting(spec: HostSpec): string {
  return (
    `\r\nWelcome to ${spec.name}: ${spec.summary}.\r\n` +
    "This machine is simulated by Tensorline's demo fleet. Commands really run, on your own computer;\r\n" +
    "GPUs, people and jobs are made up. Try nvidia-smi, rocm-smi, df, id, uname -a.\r\n\r\n"
  );
}

const two = (value: number) => String(value).padStart(2, "0");

/** `2026/07/14 09:00:27.792` in local time, as nvidia-smi writes it. */
export function toolTime(date: Date): string {
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("/");
  const time = [two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())].join(":");
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** `Tue Jul 14 09:00:26 2026` in local time. */
function longTime(date: Date): string {
  const [weekday, month, day, year] = date.toDateString().split(" ");
  return `${weekday} ${month} ${String(Number(day)).padStart(2, " ")} ${date.toTimeString().slice(0, 8)} ${year}`;
}
