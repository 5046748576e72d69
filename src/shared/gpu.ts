import * as v from "valibot";

/**
 * What a host shows about its GPUs: the contract for the CLI's JSON and for the panels.
 * Bytes are bytes, percentages 0-100, power watts, temperature °C, clocks MHz, times ISO 8601 UTC. Absent means unknown.
 */

const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const VendorSchema = v.picklist(["nvidia", "amd", "intel", "jetson"]);

export const MigInstanceSchema = v.object({
  /** GPU instance id, as `nvidia-smi` prints it in processes; with several compute instances `"gi/ci"`. */
  id: v.string(),
  /** Profile such as `1g.10gb`; "unknown" where the tool does not say. */
  profile: v.string(),
  uuid: v.optional(v.string()),
  memoryUsedBytes: v.optional(count),
  memoryTotalBytes: v.optional(count),
});

export const PcieSchema = v.object({
  generation: v.optional(count),
  maxGeneration: v.optional(count),
  width: v.optional(count),
  maxWidth: v.optional(count),
  rxBytesPerSecond: v.optional(count),
  txBytesPerSecond: v.optional(count),
});

/** Why the driver holds the clocks down, in words of our own; see `throttleReasons` of the vendors. */
export const ThrottleReasonSchema = v.picklist([
  "power cap",
  "thermal",
  "hardware slowdown",
  "power brake",
  "applications clocks",
  "sync boost",
  "display clocks",
]);

export const GpuSchema = v.object({
  vendor: VendorSchema,
  /** Index the vendor's tool gives it on this host; several GPUs may report the same uuid, so this is the identity. */
  index: count,
  uuid: v.optional(v.string()),
  name: v.optional(v.string()),
  /** PCI address, lower case, four-digit domain: `0000:1a:00.0`. */
  busId: v.optional(v.string()),
  driverVersion: v.optional(v.string()),
  utilizationPercent: v.optional(percent),
  memoryUtilizationPercent: v.optional(percent),
  memoryUsedBytes: v.optional(count),
  memoryTotalBytes: v.optional(count),
  temperatureCelsius: v.optional(v.number()),
  memoryTemperatureCelsius: v.optional(v.number()),
  powerWatts: v.optional(v.pipe(v.number(), v.minValue(0))),
  powerLimitWatts: v.optional(v.pipe(v.number(), v.minValue(0))),
  fanPercent: v.optional(v.pipe(v.number(), v.minValue(0))),
  clockMhz: v.optional(count),
  clockMaxMhz: v.optional(count),
  memoryClockMhz: v.optional(count),
  pcie: v.optional(PcieSchema),
  /** Empty: nothing holds the clocks down. Absent: not known. */
  throttleReasons: v.optional(v.array(ThrottleReasonSchema)),
  /** Uncorrectable ECC errors since the driver was loaded. */
  eccUncorrected: v.optional(count),
  performanceState: v.optional(v.string()),
  mig: v.optional(v.object({ enabled: v.boolean(), instances: v.array(MigInstanceSchema) })),
  /** The GPU has no memory of its own; the memory figures are the machine's. */
  unifiedMemory: v.optional(v.boolean()),
});

export const GpuProcessSchema = v.object({
  gpuUuid: v.optional(v.string()),
  gpuIndex: v.optional(count),
  migId: v.optional(v.string()),
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  name: v.optional(v.string()),
  user: v.optional(v.string()),
  command: v.optional(v.string()),
  memoryBytes: v.optional(count),
  startedAt: v.optional(v.string()),
  /** `C` compute, `G` graphics, `C+G` both, as NVIDIA writes it. */
  type: v.optional(v.string()),
});

/** A problem as other programs read it: a stable reason and one sentence for people. */
export const ProblemSchema = v.object({ reason: v.string(), message: v.string() });

/** A warning may concern one GPU of the host. */
export const WarningSchema = v.object({
  ...ProblemSchema.entries,
  gpuIndex: v.optional(count),
  /** Whose GPU `gpuIndex` counts; two vendors' GPUs of one host may have the same index. */
  vendor: v.optional(VendorSchema),
});

export const DiskSchema = v.object({
  path: v.string(),
  mount: v.optional(v.string()),
  usedBytes: v.optional(count),
  totalBytes: v.optional(count),
});

export const SystemSchema = v.object({
  hostname: v.optional(v.string()),
  /** The login name that Tensorline has on the host. */
  user: v.optional(v.string()),
  distribution: v.optional(v.string()),
  kernel: v.optional(v.string()),
  architecture: v.optional(v.string()),
  cpuModel: v.optional(v.string()),
  cpuCount: v.optional(count),
  cpuPercent: v.optional(percent),
  memoryUsedBytes: v.optional(count),
  memoryTotalBytes: v.optional(count),
  /** Load averages over 1, 5 and 15 minutes. */
  load: v.optional(v.tuple([v.number(), v.number(), v.number()])),
  disks: v.optional(v.array(DiskSchema)),
  uptimeSeconds: v.optional(v.number()),
  driverVersion: v.optional(v.string()),
  cudaVersion: v.optional(v.string()),
  rocmVersion: v.optional(v.string()),
});

/** What one parser reads from one output of a GPU tool. */
export const GpuReportSchema = v.object({
  gpus: v.array(GpuSchema),
  processes: v.array(GpuProcessSchema),
  warnings: v.array(WarningSchema),
});

/** One host in `tensorline gpus`. With `error`, the rest is what was known before it. */
export const HostReportSchema = v.object({
  host: v.string(),
  ...GpuReportSchema.entries,
  system: v.optional(SystemSchema),
  error: v.optional(ProblemSchema),
});

export const HostsReportSchema = v.object({ hosts: v.array(HostReportSchema) });

export type MigInstance = v.InferOutput<typeof MigInstanceSchema>;
export type Pcie = v.InferOutput<typeof PcieSchema>;
export type ThrottleReason = v.InferOutput<typeof ThrottleReasonSchema>;
export type Gpu = v.InferOutput<typeof GpuSchema>;
export type GpuVendor = Gpu["vendor"];
export type GpuProcess = v.InferOutput<typeof GpuProcessSchema>;
export type ProblemReport = v.InferOutput<typeof ProblemSchema>;
export type Warning = v.InferOutput<typeof WarningSchema>;
export type Disk = v.InferOutput<typeof DiskSchema>;
export type SystemFacts = v.InferOutput<typeof SystemSchema>;
export type GpuReport = v.InferOutput<typeof GpuReportSchema>;
export type HostReport = v.InferOutput<typeof HostReportSchema>;
export type HostsReport = v.InferOutput<typeof HostsReportSchema>;
