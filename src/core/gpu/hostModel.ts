import type { Gpu, GpuProcess, HostReport, GpuVendor as VendorId } from "../../shared/gpu";
import type { Problem } from "../failure";
import { disksSource, type ProbeUpdate, probeControl } from "./probe";
import { type GpuReading, gpuWarnings, known, toWarning, withoutValues } from "./reading";
import { createSystemReader } from "./system";
import type { GpuVendor, ProbeSource, VendorDetails, VendorEvent, VendorReader } from "./vendor";

/** What has to be done after an update of the probe. */
export interface Consequences {
  /** There is something new to show. */
  readonly sample: boolean;
  /** Vendors that showed a sign of life. */
  readonly alive: readonly VendorId[];
  /** Vendors that have GPUs with values. */
  readonly ticked: readonly VendorId[];
  /** Lines for the probe. */
  readonly control: readonly string[];
  /** Sources to be started again after a while. */
  readonly ended: readonly { readonly vendor: VendorId; readonly source: string }[];
}

interface VendorState {
  readonly vendor: GpuVendor;
  readonly reader: VendorReader;
  gpus: readonly GpuReading[];
  processes: readonly GpuProcess[];
  problems: readonly Problem[];
  hangs: Problem | undefined;
  absent: boolean;
  /** Something was heard of it, so that its having no GPU is known and not merely early. */
  isSettled: boolean;
  details: VendorDetails | undefined;
  /** The details were read or could not be. */
  hasDetails: boolean;
}

type ProcessFacts = Extract<ProbeUpdate, { kind: "process" }>;

/** A host whose list of users hangs is not waited for longer: a report without the user's name is better than none. */
const beatsForFacts = 3;

/** One host as a probe shows it, from its start on. Pure: time and connection are the monitor's. */
export function createHostModel(host: string, vendors: readonly GpuVendor[]) {
  const system = createSystemReader();
  const states: VendorState[] = vendors.map((vendor) => ({
    vendor,
    reader: vendor.createReader(),
    gpus: [],
    processes: [],
    problems: [],
    hangs: undefined,
    absent: false,
    isSettled: false,
    details: undefined,
    hasDetails: false,
  }));
  const processFacts = new Map<number, ProcessFacts>();
  const asked = new Set<number>();
  /** Sources that have answered at least once. */
  const answered = new Set<string>();
  /** How often the host has told of its load, and whether of the last of its facts, the name of the user. */
  let beats = 0;
  let factsSeen = false;
  let dropped: Problem | undefined;

  function take(update: ProbeUpdate): Consequences {
    system.take(update);
    if ("source" in update && update.kind !== "fields") answered.add(update.source);
    if (update.kind === "host") beats++;
    if (update.kind === "fact" && update.name === "user") factsSeen = true;
    if (update.kind === "process") {
      if (asked.has(update.pid)) processFacts.set(update.pid, update);
      return nothing;
    }
    if (update.kind === "tooLong") {
      dropped = { reason: "unreadable", what: "output of a GPU tool", detail: `a ${update.what} was far too long` };
      return { ...nothing, sample: true };
    }
    if (update.kind === "fact" || update.kind === "cost") return nothing;
    if (update.kind === "host")
      return { ...nothing, sample: states.every(({ gpus, isSettled }) => gpus.length === 0 && isSettled) };
    const all = states.map((state) => applyAll(state, state.reader.take(update))).reduce(joined, nothing);
    const source = "source" in update ? update.source : undefined;
    const speaking = states.filter(({ vendor }) => update.kind !== "fields" && pulseOf(vendor)?.name === source);
    return { ...all, alive: [...all.alive, ...speaking.map(({ vendor }) => vendor.id)] };
  }

  function applyAll(state: VendorState, events: readonly VendorEvent[]): Consequences {
    const all = events.map((event) => apply(state, event)).reduce(joined, nothing);
    const someGpu = states.some(({ gpus }) => gpus.length > 0);
    return { ...all, sample: all.sample && (someGpu || states.every(({ isSettled }) => isSettled)) };
  }

  function apply(state: VendorState, event: VendorEvent): Consequences {
    switch (event.kind) {
      case "gpus":
        state.gpus = event.gpus;
        state.hangs = undefined;
        state.absent = false;
        state.isSettled = true;
        dropped = undefined;
        return { ...nothing, sample: true, alive: [state.vendor.id], ticked: [state.vendor.id] };
      case "processes":
        state.processes = event.processes;
        return { ...nothing, control: askForUnknown() };
      case "problems": {
        const isNew = JSON.stringify(event.problems) !== JSON.stringify(state.problems);
        state.problems = event.problems;
        state.isSettled ||= event.problems.length > 0;
        return { ...nothing, sample: isNew };
      }
      case "absent": {
        const isNew = !state.absent;
        state.absent = true;
        state.isSettled = true;
        state.gpus = [];
        return { ...nothing, sample: isNew };
      }
      case "ended":
        return { ...nothing, ended: [{ vendor: state.vendor.id, source: event.source }] };
      case "control":
        return { ...nothing, control: [event.line] };
    }
  }

  /** Processes are asked about once, while they are there; a pid that comes back is another process. */
  function askForUnknown(): string[] {
    const pids = new Set(states.flatMap(({ processes }) => processes.map(({ pid }) => pid)));
    for (const pid of [...asked]) {
      if (pids.has(pid)) continue;
      asked.delete(pid);
      processFacts.delete(pid);
    }
    const unknown = [...pids].filter((pid) => !asked.has(pid)).slice(0, 200);
    for (const pid of unknown) asked.add(pid);
    return unknown.length > 0 ? [probeControl.who(unknown)] : [];
  }

  function report(): HostReport {
    const facts = system.facts();
    const gpus = states.flatMap(({ gpus, details }) => gpus.map((reading) => withDetails(reading, details)));
    const details = states.find((state) => state.details)?.details;
    return {
      host,
      gpus: gpus.map(({ gpu }) => withUnifiedMemory(gpu)),
      processes: states.flatMap((state) => state.processes.map((process) => described(placed(process, state), state))),
      warnings: [...gpus.flatMap(gpuWarnings), ...hostProblems().map((problem) => toWarning(problem))],
      system: {
        ...facts,
        ...known({
          driverVersion: details?.driverVersion ?? gpus.find(({ gpu }) => gpu.driverVersion)?.gpu.driverVersion,
          cudaVersion: details?.cudaVersion,
        }),
      },
    };
  }

  function isComplete({ vendor, absent, hangs, isSettled, gpus, hasDetails }: VendorState): boolean {
    if (absent || hangs) return true;
    if (!isSettled || (vendor.details && gpus.length > 0 && !hasDetails)) return false;
    return vendor.sources().every(({ kind, name }) => kind === "loop" || answered.has(name));
  }

  function hostProblems(): Problem[] {
    const present = states.filter(({ absent }) => !absent);
    const someGpu = states.some(({ gpus }) => gpus.length > 0);
    const all: Problem[] = dropped ? [dropped] : [];
    if (present.length === 0) all.push({ reason: "noGpuTool", lookedFor: vendors.map(({ tool }) => tool) });
    for (const { gpus, problems, hangs } of present) {
      if (hangs) all.push(hangs);
      // A tool without its driver beside another vendor's GPUs is merely left over.
      all.push(...problems.filter(({ reason }) => !someGpu || gpus.length > 0 || !leftOver.has(reason)));
    }
    return all;
  }

  function withUnifiedMemory(gpu: Gpu): Gpu {
    if (!gpu.unifiedMemory || gpu.memoryTotalBytes !== undefined) return gpu;
    const { memoryTotalBytes, memoryUsedBytes } = system.facts();
    return { ...gpu, ...known({ memoryTotalBytes, memoryUsedBytes }) };
  }

  function described(process: GpuProcess, { details }: VendorState): GpuProcess {
    const facts = processFacts.get(process.pid);
    const detail = details?.processes.find(
      (other) => other.pid === process.pid && (other.gpuIndex === undefined || other.gpuIndex === process.gpuIndex),
    );
    const started = facts?.startTicks === undefined ? undefined : system.startedAt(facts.startTicks);
    return {
      ...process,
      ...known({
        name: process.name ?? detail?.name,
        migId: detail?.migId,
        type: process.type ?? detail?.type,
        user: facts?.user ?? (facts?.uid === undefined ? undefined : String(facts.uid)),
        command: facts?.command,
        startedAt: started,
      }),
    };
  }

  return {
    take,
    report,
    /** Start of a process in clock ticks since boot, to be sure later that it is still the same one. */
    startTicks: (pid: number): number | undefined => processFacts.get(pid)?.startTicks,
    /** The vendor's tool has shown no sign of life for so long; its GPUs stay without values. */
    setHanging(vendor: VendorId, seconds: number): void {
      for (const state of states) {
        if (state.vendor.id !== vendor) continue;
        state.gpus = state.gpus.map(withoutValues);
        state.hangs = { reason: "toolHangs", tool: state.vendor.tool, seconds };
        state.isSettled = true;
      }
    },
    /** `details` undefined: they could not be read. */
    setDetails(vendor: VendorId, details: VendorDetails | undefined): void {
      for (const state of states) {
        if (state.vendor.id !== vendor) continue;
        state.details = details ?? state.details;
        state.hasDetails = true;
      }
    },
    /** Nothing is awaited any more: what can be known of the host is known or known to be missing. */
    isWhole: (): boolean =>
      beats > 0 &&
      (factsSeen || beats > beatsForFacts) &&
      answered.has(disksSource) &&
      states.every(isComplete) &&
      [...asked].every((pid) => processFacts.has(pid)),
    isAbsent: (vendor: VendorId): boolean => states.some((state) => state.vendor.id === vendor && state.absent),
    hasMig: (): boolean => states.some(({ gpus }) => gpus.some(({ gpu }) => gpu.mig?.enabled)),
  };
}

/** With the index of its GPU where only one has this uuid. */
function placed(process: GpuProcess, { gpus }: VendorState): GpuProcess {
  if (process.gpuIndex !== undefined || process.gpuUuid === undefined) return process;
  const found = gpus.filter(({ gpu }) => gpu.uuid === process.gpuUuid);
  return { ...process, ...known({ gpuIndex: found.length === 1 ? found[0]?.gpu.index : undefined }) };
}

/** The source that has to speak at each beat. */
export function pulseOf(vendor: GpuVendor): ProbeSource | undefined {
  return vendor.sources().find((source) => source.kind === "loop" || (source.kind === "files" && source.everyMs === 0));
}

export type HostModel = ReturnType<typeof createHostModel>;

const nothing: Consequences = { sample: false, alive: [], ticked: [], control: [], ended: [] };

const leftOver: ReadonlySet<string> = new Set(["driverNotLoaded", "libraryMissing", "noDevices"]);

function joined(a: Consequences, b: Consequences): Consequences {
  return {
    sample: a.sample || b.sample,
    alive: [...a.alive, ...b.alive],
    ticked: [...a.ticked, ...b.ticked],
    control: [...a.control, ...b.control],
    ended: [...a.ended, ...b.ended],
  };
}

/** Adds what seldom changes. Values of the moment come from the live reading only. */
function withDetails(reading: GpuReading, details: VendorDetails | undefined): GpuReading {
  const { gpu } = reading;
  const detail = details?.gpus.find((other) =>
    gpu.busId === undefined || other.gpu.busId === undefined
      ? other.gpu.index === gpu.index
      : other.gpu.busId === gpu.busId,
  );
  if (!detail) return reading;
  const { name, uuid, busId, driverVersion, clockMaxMhz, powerLimitWatts, eccUncorrected, mig } = detail.gpu;
  return {
    ...(detail.needsReset ? { needsReset: true } : {}),
    ...reading,
    gpu: {
      ...known({ name, uuid, busId, driverVersion, clockMaxMhz, powerLimitWatts, eccUncorrected }),
      ...gpu,
      ...(mig && (gpu.mig === undefined || gpu.mig.enabled) ? { mig } : {}),
    },
  };
}
