import type { GpuModel } from "./hardware";
import type { GpuReading } from "./simulation";

/** What the fields of one NVIDIA GPU are read from. */
export interface NvidiaView {
  readonly index: number;
  readonly count: number;
  readonly model: GpuModel;
  readonly driver: string;
  readonly bus: string;
  readonly uuid: string;
  readonly serial: string;
  readonly migEnabled: boolean;
  readonly reading: GpuReading;
  /** The host's local time, `2026/07/14 09:00:27.792`. */
  readonly timestamp: string;
}

/** A property that `--query-gpu` knows. The first name is the canonical one, printed in headers. */
export interface NvidiaField {
  readonly names: readonly [string, ...string[]];
  readonly help: string;
  readonly unit?: "MiB" | "%" | "W" | "MHz" | "us";
  /** Unreadable once the GPU has fallen off the bus. */
  readonly live: boolean;
  /** First major driver version that has it. */
  readonly since: number;
  /** The same text always, or read from the GPU; undefined: it does not have that, `[N/A]`. */
  readonly cell: string | ((gpu: NvidiaView) => string | number | undefined);
}

type Options = Partial<Pick<NvidiaField, "unit" | "live" | "since">>;

function field(names: string, help: string, cell: NvidiaField["cell"], options: Options = {}): NvidiaField {
  const [first = "", ...aliases] = names.split(" ");
  return { names: [first, ...aliases], help, cell, live: false, since: 0, ...options };
}

const MiB: Options = { unit: "MiB", live: true };
const percent: Options = { unit: "%", live: true };
const watts: Options = { unit: "W" };
const MHz: Options = { unit: "MHz" };
const live: Options = { live: true };
const notAvailable = "[N/A]";
const deprecated = "[Requested functionality has been deprecated]";
const twoDigits = (value: number) => value.toFixed(2);
const onlyWithout = (mig: boolean, value: number) => (mig ? undefined : value);
const eccOf = (gpu: NvidiaView, value: string | number) => (gpu.model.ecc ? value : undefined);

/** Bits of the clocks event reasons: idle, and held down by the power limit. */
function eventReasons(reading: GpuReading): string {
  const bits = (reading.idle ? 0x1 : 0) | (reading.powerCapped ? 0x4 : 0);
  return `0x${bits.toString(16).toUpperCase().padStart(16, "0")}`;
}

const active = (yes: boolean) => (yes ? "Active" : "Not Active");

function reasonFields(): NvidiaField[] {
  const reason = (name: string, help: string, cell: NvidiaField["cell"]) =>
    field(`clocks_event_reasons.${name} clocks_throttle_reasons.${name}`, help, cell);
  return [
    reason("supported", "Bits of the reasons that this GPU can report.", "0x00000000000001FF"),
    reason("active", "Bits of the reasons that hold the clocks right now.", (gpu) => eventReasons(gpu.reading)),
    reason("gpu_idle", "Nothing runs, so the clocks rest.", (gpu) => active(gpu.reading.idle)),
    reason("applications_clocks_setting", "Held by the applications clocks setting.", "Not Active"),
    reason("sw_power_cap", "Held by the power limit.", (gpu) => active(gpu.reading.powerCapped)),
    reason("hw_slowdown", "Slowed down by the hardware, for heat or power.", "Not Active"),
    reason("hw_thermal_slowdown", "Slowed down by the hardware for heat.", "Not Active"),
    reason("hw_power_brake_slowdown", "Slowed down by the external power brake.", "Not Active"),
    reason("sw_thermal_slowdown", "Slowed down by the driver for heat.", "Not Active"),
    reason("sync_boost", "Held to keep in step with other GPUs.", "Not Active"),
  ];
}

function eccFields(): NvidiaField[] {
  return ["corrected", "uncorrected"].flatMap((kind) =>
    ["volatile", "aggregate"].flatMap((span) => [
      field(`ecc.errors.${kind}.${span}.dram`, `Count of ${kind} errors in memory.`, (gpu) => eccOf(gpu, 0), live),
      field(`ecc.errors.${kind}.${span}.sram`, `Count of ${kind} errors in caches.`, (gpu) => eccOf(gpu, 0), live),
      field(`ecc.errors.${kind}.${span}.total`, `Count of all ${kind} errors.`, (gpu) => eccOf(gpu, 0), live),
    ]),
  );
}

/** The simulated nvidia-smi's fields, in the order its help lists them. */
export const nvidiaFields: readonly NvidiaField[] = [
  field("timestamp", "Local time of this query.", (gpu) => gpu.timestamp),
  field("driver_version", "Version of the loaded driver.", (gpu) => gpu.driver),
  field("count", "How many GPUs this machine has.", (gpu) => gpu.count),
  field("name gpu_name", "What the GPU is called.", (gpu) => gpu.model.name),
  field("serial gpu_serial", "Number printed on the board.", (gpu) => (gpu.model.ecc ? gpu.serial : undefined)),
  field("uuid gpu_uuid", "Identifier that no other GPU has.", (gpu) => gpu.uuid),
  field("pci.bus_id gpu_bus_id", "PCI address with domain, bus, device and function.", (gpu) => gpu.bus),
  field("pci.domain", "PCI domain.", "0x0000"),
  field("pci.bus", "PCI bus.", (gpu) => `0x${gpu.bus.slice(9, 11)}`),
  field("pci.device", "PCI device.", "0x00"),
  field("pci.device_id", "PCI device and vendor.", (gpu) => `0x${gpu.model.deviceId}`),
  field("pci.sub_device_id", "PCI subsystem.", (gpu) => `0x${gpu.model.subsystemId}`),
  field("pcie.link.gen.current", "PCIe generation in use.", (gpu) => gpu.model.pcieGeneration),
  field("pcie.link.gen.gpucurrent", "PCIe generation in use.", (gpu) => gpu.model.pcieGeneration),
  field("pcie.link.gen.max", "Best PCIe generation of GPU and machine.", (gpu) => gpu.model.pcieGeneration),
  field("pcie.link.gen.gpumax", "Best PCIe generation of the GPU.", (gpu) => gpu.model.pcieGeneration),
  field("pcie.link.gen.hostmax", "Best PCIe generation of the slot.", notAvailable),
  field("pcie.link.width.current", "PCIe lanes in use.", "16"),
  field("pcie.link.width.max", "PCIe lanes of GPU and machine.", "16"),
  field("index", "Number of the GPU, from 0.", (gpu) => gpu.index),
  field("display_mode", "Whether a display is connected.", deprecated),
  field("display_active", "Whether a display is in use.", "Disabled"),
  field("persistence_mode", "Whether the driver stays loaded without clients.", "Enabled"),
  field("addressing_mode", "How system memory is addressed.", "None"),
  field("accounting.mode", "Whether processes are accounted for.", "Disabled"),
  field("vbios_version", "Version of the board's BIOS.", (gpu) => gpu.model.vbios),
  field("inforom.img inforom.image", "Version of the inforom.", notAvailable),
  field("gpu_recovery_action", "What would bring a sick GPU back.", "None", { since: 580 }),
  field(
    "fan.speed",
    "Speed the fan is told to run at.",
    (gpu) => (gpu.model.fan ? gpu.reading.fanPercent : undefined),
    {
      unit: "%",
    },
  ),
  field("pstate", "Performance state, P0 the fastest.", (gpu) => pstate(gpu)),
  ...reasonFields(),
  field("memory.total", "All memory of the GPU.", (gpu) => gpu.model.memoryMiB, MiB),
  field("memory.reserved", "Memory that the driver keeps for itself.", (gpu) => gpu.model.reservedMiB, MiB),
  field("memory.used", "Memory in use.", (gpu) => gpu.reading.memoryUsedMiB, MiB),
  field("memory.free", "Memory left.", (gpu) => freeMiB(gpu), MiB),
  field("compute_mode", "Who may compute on it.", "Default"),
  field("compute_cap", "CUDA compute capability.", (gpu) => gpu.model.computeCapability),
  field(
    "utilization.gpu",
    "Share of the last sample with a kernel running.",
    (gpu) => onlyWithout(gpu.migEnabled, gpu.reading.utilizationPercent),
    percent,
  ),
  field(
    "utilization.memory",
    "Share of the last sample with memory in use.",
    (gpu) => onlyWithout(gpu.migEnabled, gpu.reading.memoryUtilizationPercent),
    percent,
  ),
  field("utilization.encoder", "Use of the video encoder.", (gpu) => onlyWithout(gpu.migEnabled, 0), percent),
  field("utilization.decoder", "Use of the video decoder.", (gpu) => onlyWithout(gpu.migEnabled, 0), percent),
  field("ecc.mode.current", "Whether ECC is on.", (gpu) => eccOf(gpu, "Enabled")),
  field("ecc.mode.pending", "Whether ECC is on after a reboot.", (gpu) => eccOf(gpu, "Enabled")),
  ...eccFields(),
  field("retired_pages.pending", "Whether pages wait to be retired.", notAvailable),
  field("remapped_rows.correctable remapped_rows.sbe", "Rows remapped for corrected errors.", (gpu) => eccOf(gpu, 0)),
  field("remapped_rows.uncorrectable remapped_rows.dbe", "Rows remapped for fatal errors.", (gpu) => eccOf(gpu, 0)),
  field("remapped_rows.pending", "Whether rows wait to be remapped.", (gpu) => eccOf(gpu, "No")),
  field("remapped_rows.failure", "Whether remapping ever failed.", (gpu) => eccOf(gpu, "No")),
  field("temperature.gpu", "Degrees Celsius of the chip.", (gpu) => gpu.reading.celsius, live),
  field("temperature.gpu.tlimit", "Degrees left until it slows down.", (gpu) => 87 - gpu.reading.celsius, live),
  field("temperature.memory", "Degrees Celsius of the memory.", (gpu) =>
    gpu.model.ecc ? gpu.reading.memoryCelsius : "N/A",
  ),
  field("power.management", "Whether power is managed.", deprecated),
  field("power.draw", "Power drawn over the last second.", (gpu) => twoDigits(gpu.reading.watts), {
    ...watts,
    live: true,
  }),
  field("power.draw.average", "Power drawn over the last second.", (gpu) => twoDigits(gpu.reading.watts), {
    ...watts,
    live: true,
  }),
  field("power.draw.instant", "Power drawn right now.", (gpu) => twoDigits(gpu.reading.watts), {
    ...watts,
    live: true,
  }),
  field("power.limit", "Power limit that was asked for.", (gpu) => twoDigits(gpu.model.powerLimitWatts), watts),
  field("enforced.power.limit", "Power limit that holds.", (gpu) => twoDigits(gpu.model.powerLimitWatts), watts),
  field("power.default_limit", "Power limit after a reboot.", (gpu) => twoDigits(gpu.model.powerLimitWatts), watts),
  field("power.min_limit", "Lowest power limit.", (gpu) => twoDigits(gpu.model.minPowerLimitWatts), watts),
  field("power.max_limit", "Highest power limit.", (gpu) => twoDigits(gpu.model.powerLimitWatts), watts),
  field("clocks.current.graphics clocks.gr", "Clock of the shaders.", (gpu) => gpu.reading.clockMhz, {
    ...MHz,
    live: true,
  }),
  field("clocks.current.sm clocks.sm", "Clock of the multiprocessors.", (gpu) => gpu.reading.clockMhz, {
    ...MHz,
    live: true,
  }),
  field("clocks.current.memory clocks.mem", "Clock of the memory.", (gpu) => gpu.reading.memoryClockMhz, {
    ...MHz,
    live: true,
  }),
  field("clocks.current.video clocks.video", "Clock of the video engines.", (gpu) => videoClock(gpu), {
    ...MHz,
    live: true,
  }),
  field("clocks.max.graphics clocks.max.gr", "Highest clock of the shaders.", (gpu) => gpu.model.maxClockMhz, MHz),
  field("clocks.max.sm", "Highest clock of the multiprocessors.", (gpu) => gpu.model.maxClockMhz, MHz),
  field("clocks.max.memory clocks.max.mem", "Highest clock of the memory.", (gpu) => gpu.model.memoryClockMhz, MHz),
  field("mig.mode.current", "Whether MIG is on.", (gpu) => migMode(gpu)),
  field("mig.mode.pending", "Whether MIG is on after a reset.", (gpu) => migMode(gpu)),
];

function pstate(gpu: NvidiaView): string {
  return gpu.model.memoryClockSleeps && gpu.reading.memoryClockMhz < gpu.model.memoryClockMhz ? "P8" : "P0";
}

function freeMiB(gpu: NvidiaView): number {
  return gpu.model.memoryMiB - gpu.model.reservedMiB - gpu.reading.memoryUsedMiB;
}

function videoClock(gpu: NvidiaView): number {
  return gpu.reading.clockMhz === gpu.model.idleClockMhz ? 765 : gpu.model.videoClockMhz;
}

function migMode(gpu: NvidiaView): string | undefined {
  if (!gpu.model.ecc) return undefined;
  return gpu.migEnabled ? "Enabled" : "Disabled";
}
