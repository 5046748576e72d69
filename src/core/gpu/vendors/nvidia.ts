import { Failure, type Problem } from "../../failure";
import { type GpuReading, withoutValues } from "../reading";
import { readBusId } from "../values";
import type { GpuVendor, SourceUpdate, VendorEvent, VendorReader } from "../vendor";
import { parseNvidiaCsv } from "./nvidia/csv";
import { classifyNvidiaFailure } from "./nvidia/failures";
import { columnsOf, readGpuRow, readProcessRow } from "./nvidia/rows";
import { createTicks } from "./nvidia/ticks";
import { parseNvidiaXml } from "./nvidia/xml";

const loop = "nvidia";
const apps = "nvidiaApps";
const cards = "nvidiaCards";
const statusFiles = "bus/pci/drivers/nvidia/*:*/power/runtime_status";
const appFields = ["gpu_uuid", "pid", "used_memory"];

/** Old drivers know the second name of a pair only; `count` and `index` tell where a tick ends. */
const fields = [
  "index",
  "count",
  "uuid",
  "name",
  "pci.bus_id",
  "driver_version|kmd_version",
  "utilization.gpu",
  "utilization.memory",
  "memory.used",
  "memory.total",
  "temperature.gpu",
  "temperature.memory",
  "power.draw",
  "power.limit|enforced.power.limit",
  "fan.speed",
  "clocks.current.sm|clocks.sm",
  "clocks.max.sm",
  "clocks.current.memory|clocks.mem",
  "pstate",
  "clocks_event_reasons.active|clocks_throttle_reasons.active",
  "ecc.errors.uncorrected.volatile.total",
  "mig.mode.current",
  "pcie.link.gen.current|pcie.link.gen.gpucurrent",
  "pcie.link.gen.max",
  "pcie.link.width.current",
  "pcie.link.width.max",
  "gpu_recovery_action",
];

export const nvidia: GpuVendor = {
  id: "nvidia",
  label: "NVIDIA",
  tool: "nvidia-smi",
  sources: () => [
    {
      kind: "loop",
      name: loop,
      helpOption: "--help-query-gpu",
      fields,
      statusFiles,
      argv: ["nvidia-smi", "--query-gpu=@fields@", "--format=csv,noheader,nounits"],
      loopArgv: ["-lms", "@beat@"],
    },
    {
      kind: "every",
      name: apps,
      everyMs: 5000,
      limitSeconds: 15,
      statusFiles,
      argv: ["nvidia-smi", `--query-compute-apps=${appFields.join(",")}`, "--format=csv,noheader,nounits"],
    },
    // The PCI addresses of all GPUs, also of those that make the tool fail.
    {
      kind: "files",
      name: cards,
      everyMs: 600_000,
      base: "bus/pci/drivers/nvidia/*:*",
      guard: "",
      skip: "",
      patterns: ["class"],
    },
  ],
  createReader,
  details: {
    what: "reading the GPU details",
    argv: ["sh", "-c", "nvidia-smi -L; nvidia-smi -q -x"],
    deadlineMs: 60_000,
    parse({ stdout, exitCode }) {
      const details = parseNvidiaXml(stdout);
      if (details.gpus.length > 0 || exitCode === 0) return details;
      const problem = details.problems[0] ?? classifyNvidiaFailure(stdout, exitCode);
      throw new Failure(problem ?? { reason: "toolFailed", tool: "nvidia-smi", exitCode, detail: "" });
    },
  },
  captureFormats: { "nvidia-smi-xml": parseNvidiaXml, "nvidia-smi-csv": parseNvidiaCsv },
};

/** Lines that are no rows are kept as far as a failure's text may be long. */
const noiseLimit = 4000;

function createReader(): VendorReader {
  let columns = columnsOf([]);
  let ticks = createTicks();
  let noise = "";
  let gpus: readonly GpuReading[] = [];
  let loopProblems: readonly Problem[] = [];
  let appsProblems: readonly Problem[] = [];
  let addresses: readonly string[] = [];
  /** GPUs that make the tool fail for all; it is asked for the others only. */
  const broken = new Map<string, Problem>();

  function take(update: SourceUpdate): VendorEvent[] {
    switch (update.kind) {
      case "line":
        return takeLine(update.text);
      case "fields":
        if (update.source !== loop) return [];
        columns = columnsOf(update.fields);
        ticks = createTicks();
        noise = "";
        return [];
      case "output":
        if (update.source === cards)
          addresses = update.lines
            .map(addressOf)
            .filter((busId) => busId !== undefined)
            .sort();
        return update.source === apps ? takeApps(update.lines, update.exitCode) : [];
      case "exit":
        return update.source === loop ? takeExit(update.exitCode) : [];
      case "ran":
        return update.source === loop ? takeRun(update.exitCode) : [];
      case "asleep":
        return update.source === loop ? [...lapse(), ...setLoopProblems([{ reason: "gpuAsleep" }])] : [];
    }
  }

  function takeLine(text: string): VendorEvent[] {
    const row = columns.names.length > 1 ? readGpuRow(columns, text.split(", ")) : undefined;
    if (row) return ticks.push(row).flatMap(tick);
    if (text.trim() === "") return [];
    noise = `${noise}${text}\n`.slice(-noiseLimit);
    const problem = classifyNvidiaFailure(text);
    return problem && isAboutOneGpu(problem) ? setLoopProblems([problem]) : [];
  }

  function tick(readings: readonly GpuReading[]): VendorEvent[] {
    gpus = [...readings, ...brokenGpus(readings)].sort((a, b) => a.gpu.index - b.gpu.index);
    const events: VendorEvent[] = [{ kind: "gpus", gpus }];
    // Rows between which something else was printed: the GPU that it speaks of has no row.
    if (noise === "") events.push(...setLoopProblems([]));
    else if (!loopProblems.some(isAboutOneGpu)) events.push(...setLoopProblems(unreadable()));
    noise = "";
    return events;
  }

  function unreadable(): Problem[] {
    const problem = classifyNvidiaFailure(noise);
    return [problem ?? { reason: "unreadable", what: "output of nvidia-smi", detail: noise.slice(0, 200) }];
  }

  function takeExit(exitCode: number): VendorEvent[] {
    if (exitCode === 127) return [{ kind: "absent" }];
    if (/Option -lms is not recognized|Invalid combination of input arguments/.test(noise))
      return [{ kind: "control", line: `poll ${loop}` }];
    const problem = classifyNvidiaFailure(noise, exitCode);
    noise = "";
    if (problem?.reason === "unknownField")
      return [{ kind: "control", line: `fields ${loop} ${without(problem.field)}` }];
    const ended: Problem = { reason: "toolFailed", tool: "nvidia-smi", exitCode, detail: "it stopped sampling" };
    const healthy = problem && isAboutOneGpu(problem) ? leaveOut(problem) : [];
    if (healthy.length > 0) return [{ kind: "control", line: `extra ${loop} -i ${healthy.join(",")}` }];
    return [...lapse(), ...setLoopProblems([problem ?? ended]), { kind: "ended", source: loop }];
  }

  /** The addresses of the other GPUs; none where the broken one is not known or was left out already. */
  function leaveOut(problem: Problem): string[] {
    const busId = "busId" in problem ? problem.busId : undefined;
    if (busId === undefined || broken.has(busId) || !addresses.includes(busId)) return [];
    broken.set(busId, problem);
    return addresses.filter((address) => !broken.has(address));
  }

  function brokenGpus(present: readonly GpuReading[]): GpuReading[] {
    return [...broken]
      .filter(([busId]) => !present.some(({ gpu }) => gpu.busId === busId))
      .map(([busId, problem]) => {
        const before = gpus.find(({ gpu }) => gpu.busId === busId);
        const { gpu } = before
          ? withoutValues(before)
          : { gpu: { vendor: "nvidia" as const, index: addresses.indexOf(busId), busId } };
        return problem.reason === "gpuUnreadable" ? { gpu, unreadable: problem.detail } : { gpu, lost: true };
      });
  }

  /** The GPUs stay, their values do not. */
  function lapse(): VendorEvent[] {
    gpus = gpus.map(withoutValues);
    return gpus.length > 0 ? [{ kind: "gpus", gpus }] : [];
  }

  function takeRun(exitCode: number): VendorEvent[] {
    const rest = ticks.finish();
    const problem = exitCode === 0 ? undefined : classifyNvidiaFailure(noise, exitCode);
    return [...(rest ? tick(rest) : []), ...(problem ? setLoopProblems([problem]) : [])];
  }

  /** The fields that are left, with the other name of the refused one where it has one. */
  function without(refused: string): string {
    const chosen = columns.names;
    return fields
      .flatMap((field) => {
        const names = field.split("|");
        const at = names.indexOf(refused);
        return at < 0
          ? names.filter((name) => chosen.includes(columnsOf([name]).names[0] ?? "")).slice(0, 1)
          : names.slice(at + 1, at + 2);
      })
      .join(",");
  }

  function takeApps(lines: readonly string[], exitCode: number): VendorEvent[] {
    if (exitCode === 127) return [];
    const appColumns = columnsOf(appFields);
    const rows = lines.map((line) => readProcessRow(appColumns, line.split(", "), ", "));
    const problem = classifyNvidiaFailure(lines.filter((_, at) => !rows[at]).join("\n"), exitCode);
    const hangs = exitCode === 137 ? ({ reason: "toolHangs", tool: "nvidia-smi", seconds: 15 } as const) : undefined;
    appsProblems = hangs ? [hangs] : problem && !isAboutOneGpu(problem) ? [problem] : [];
    const problems = allProblems();
    if (exitCode !== 0 && rows.every((row) => row === undefined)) return [problems];
    return [{ kind: "processes", processes: rows.filter((row) => row !== undefined) }, problems];
  }

  function setLoopProblems(problems: readonly Problem[]): VendorEvent[] {
    if (problems.length === 0 && loopProblems.length === 0) return [];
    loopProblems = problems;
    return [allProblems()];
  }

  function allProblems(): VendorEvent {
    const all = [...loopProblems, ...appsProblems];
    const distinct = [...new Map(all.map((problem) => [problem.reason, problem])).values()];
    return { kind: "problems", problems: distinct };
  }

  return { take };
}

function addressOf(line: string): string | undefined {
  return readBusId(line.split("/").at(-2));
}

function isAboutOneGpu(problem: Problem): boolean {
  return problem.reason === "gpuLost" || problem.reason === "gpuUnreadable" || problem.reason === "infoRomCorrupted";
}
