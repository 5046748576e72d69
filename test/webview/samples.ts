import type { Gpu, GpuProcess, HostReport, Warning } from "../../src/shared/gpu";
import type { GpuSeries, PanelHistory, PanelState } from "../../src/shared/gpuPanel";

/** Made-up readings in the shape of the protocol, for tests and for looking at the page. */

export const GIB = 1024 ** 3;
/** Whole bytes of so many GiB. */
export const gib = (count: number): number => Math.round(count * GIB);
/** A fixed "now" that all samples refer to; milliseconds since the epoch. */
export const NOON = Date.UTC(2026, 0, 15, 12, 0, 0);

/** A repeatable wave between 0 and 1, different for each `seed`. */
export function wave(time: number, seed: number): number {
  const t = time / 1000;
  return 0.5 + 0.32 * Math.sin(t / (17 + seed * 3) + seed) + 0.18 * Math.sin(t / (3 + seed) + seed * 7);
}

export function panelState(changes: Partial<PanelState> = {}): PanelState {
  return {
    host: "lab1",
    state: { kind: "connected", since: NOON - 600_000 },
    beatMs: 1000,
    pinned: false,
    me: "mara",
    placement: "panel",
    actions: [],
    ...changes,
  };
}

export function gpu(index: number, changes: Partial<Gpu> = {}): Gpu {
  return {
    vendor: "nvidia",
    index,
    uuid: `GPU-0000000${index}`,
    name: "NVIDIA H100 80GB HBM3",
    busId: `0000:${(0x1a + index * 16).toString(16)}:00.0`,
    utilizationPercent: 98,
    memoryUsedBytes: 71 * GIB,
    memoryTotalBytes: 80 * GIB,
    temperatureCelsius: 66,
    memoryTemperatureCelsius: 74,
    powerWatts: 612,
    powerLimitWatts: 700,
    clockMhz: 1755,
    clockMaxMhz: 1980,
    memoryClockMhz: 2619,
    throttleReasons: [],
    eccUncorrected: 0,
    performanceState: "P0",
    pcie: { generation: 5, maxGeneration: 5, width: 16, maxWidth: 16 },
    ...changes,
  };
}

export function process(pid: number, changes: Partial<GpuProcess> = {}): GpuProcess {
  return {
    pid,
    gpuIndex: 0,
    user: "alice",
    name: "python",
    command: "python train.py --config large.yaml",
    memoryBytes: 20 * GIB,
    startedAt: new Date(NOON - 3_600_000).toISOString(),
    type: "C",
    ...changes,
  };
}

export function report(changes: Partial<HostReport> = {}): HostReport {
  return { host: "lab1", gpus: [gpu(0), gpu(1)], processes: [process(100)], warnings: [], ...changes };
}

const SYSTEM: HostReport["system"] = {
  hostname: "lab1",
  distribution: "Ubuntu 22.04",
  kernel: "5.15.0",
  architecture: "x86_64",
  cpuModel: "AMD EPYC 9554",
  cpuCount: 128,
  cpuPercent: 34,
  memoryUsedBytes: 412 * GIB,
  memoryTotalBytes: 1007 * GIB,
  load: [12.4, 11.2, 9.8],
  disks: [
    { path: "/home/mara", mount: "/home", usedBytes: 8200 * GIB, totalBytes: 10_000 * GIB },
    { path: "/tmp", mount: "/tmp", usedBytes: 97 * GIB, totalBytes: 100 * GIB },
  ],
  uptimeSeconds: 12 * 86_400,
  driverVersion: "580.105",
  cudaVersion: "13.0",
};

/** A shared eight-GPU machine: training that moves, free GPUs, MIG, one that fell off the bus, one held by a container. */
export function bigHost(time: number): HostReport {
  const busy = (index: number, changes: Partial<Gpu> = {}) => {
    const load = wave(time, index);
    return gpu(index, {
      utilizationPercent: Math.round(60 + 40 * load),
      memoryUsedBytes: Math.round((66 + 6 * load) * GIB),
      powerWatts: Math.round(430 + 265 * load),
      temperatureCelsius: Math.round(52 + 16 * load),
      throttleReasons: load > 0.6 ? ["power cap"] : [],
      ...changes,
    });
  };
  const idle: Partial<Gpu> = {
    utilizationPercent: 0,
    memoryUsedBytes: gib(0.4),
    powerWatts: 71,
    temperatureCelsius: 31,
    clockMhz: 345,
    performanceState: "P8",
    throttleReasons: [],
  };
  const mig = gpu(2, {
    utilizationPercent: undefined,
    memoryUsedBytes: 24 * GIB,
    powerWatts: 288,
    temperatureCelsius: 47,
    mig: {
      enabled: true,
      instances: [
        { id: "9", profile: "1g.10gb", memoryUsedBytes: 4 * GIB, memoryTotalBytes: gib(9.75) },
        { id: "2", profile: "3g.40gb", memoryUsedBytes: 20 * GIB, memoryTotalBytes: gib(39.5) },
        { id: "10", profile: "1g.10gb", memoryUsedBytes: 0, memoryTotalBytes: gib(9.75) },
      ],
    },
  });
  const lost = gpu(6, {
    utilizationPercent: undefined,
    memoryUsedBytes: undefined,
    memoryTotalBytes: undefined,
    temperatureCelsius: undefined,
    memoryTemperatureCelsius: undefined,
    powerWatts: undefined,
    powerLimitWatts: undefined,
    clockMhz: undefined,
    performanceState: undefined,
    throttleReasons: undefined,
  });
  const warnings: Warning[] = [
    {
      reason: "eccErrors",
      gpuIndex: 7,
      message: "GPU 7 has counted 2 uncorrected memory errors; results may be wrong.",
    },
    {
      reason: "gpuLost",
      gpuIndex: 6,
      message:
        "GPU 6 fell off the bus: the driver no longer reaches it. Only a reboot of lab1 brings it back; ask whoever runs the machine.",
    },
  ];
  return {
    host: "lab1",
    gpus: [
      busy(0),
      gpu(1, idle),
      mig,
      busy(3, { throttleReasons: ["thermal", "power cap"], temperatureCelsius: 88 }),
      gpu(4, idle),
      gpu(5, { utilizationPercent: 41, memoryUsedBytes: 33 * GIB, powerWatts: 301, temperatureCelsius: 49 }),
      lost,
      busy(7, { eccUncorrected: 2 }),
    ],
    processes: bigHostProcesses(time),
    warnings,
    system: { ...SYSTEM, cpuPercent: Math.round(20 + 30 * wave(time, 2)) },
  };
}

function bigHostProcesses(time: number): GpuProcess[] {
  const started = (hours: number) => new Date(NOON - hours * 3_600_000).toISOString();
  const on7 = (66 + 6 * wave(time, 7)) * GIB;
  return [
    process(40_112, {
      gpuIndex: 0,
      memoryBytes: gib(65 + 6 * wave(time, 0)),
      command: "python train.py --model llama --bf16 --seed 7",
      startedAt: started(31),
    }),
    process(51_007, {
      gpuIndex: 2,
      migId: "9",
      user: "mara",
      memoryBytes: 4 * GIB,
      command: "python -m ipykernel_launcher -f kernel.json",
      startedAt: started(2),
    }),
    process(51_990, {
      gpuIndex: 2,
      migId: "2",
      user: "bob",
      memoryBytes: 20 * GIB,
      command: "/opt/conda/envs/vision/bin/python eval.py",
      startedAt: started(0.2),
    }),
    process(60_001, {
      gpuIndex: 3,
      user: "chen",
      memoryBytes: gib(65 + 6 * wave(time, 3)),
      command: "torchrun --nproc-per-node 1 finetune.py --lr 3e-4",
      startedAt: started(5),
    }),
    process(70_314, {
      gpuIndex: 7,
      user: "mara",
      memoryBytes: Math.round(on7 * 0.4),
      command: "python train.py --epochs 10",
      startedAt: started(1.4),
    }),
    process(70_315, {
      gpuIndex: 7,
      user: "alice",
      memoryBytes: Math.round(on7 * 0.35),
      command: "python serve.py --port 8000",
      startedAt: started(52),
    }),
    process(70_316, {
      gpuIndex: 7,
      user: "dana",
      memoryBytes: Math.round(on7 * 0.2),
      name: "jupyter",
      command: undefined,
      startedAt: undefined,
    }),
  ];
}

/** Ten minutes of `reportAt`, one reading every `stepMs`, ending just before `end`. */
export function historyOf(
  reportAt: (time: number) => HostReport,
  end = NOON,
  stepMs = 1000,
  lengthMs = 600_000,
): PanelHistory {
  const times = Array.from({ length: Math.floor(lengthMs / stepMs) }, (_, at) => end - lengthMs + at * stepMs);
  const reports = times.map(reportAt);
  const indices = reports[0]?.gpus.map((one) => one.index) ?? [];
  return {
    times,
    gpus: indices.map((index): GpuSeries => {
      const column = (value: (one: Gpu) => number | undefined) =>
        reports.map((one) => {
          const found = one.gpus.find((candidate) => candidate.index === index);
          return (found && value(found)) ?? null;
        });
      const users = new Set(
        reports.flatMap((one) =>
          one.processes.flatMap(({ gpuIndex, user }) => (gpuIndex === index && user ? [user] : [])),
        ),
      );
      const usedBy = (user: string) =>
        reports.map((one) =>
          one.processes
            .filter((running) => running.gpuIndex === index && running.user === user)
            .reduce((sum, running) => sum + (running.memoryBytes ?? 0), 0),
        );
      return {
        index,
        utilizationPercent: column((one) => one.utilizationPercent),
        memoryUsedBytes: column((one) => one.memoryUsedBytes),
        powerWatts: column((one) => one.powerWatts),
        temperatureCelsius: column((one) => one.temperatureCelsius),
        throttled: column((one) => one.throttleReasons && Number(one.throttleReasons.length > 0)),
        memoryByUser: Object.fromEntries([...users].map((user) => [user, usedBy(user)])),
      };
    }),
  };
}
