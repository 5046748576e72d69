import type { GpuProcess, MigInstance } from "../../../../shared/gpu";
import { Failure, type Problem } from "../../../failure";
import { type GpuReading, known, type Reading } from "../../reading";
import { readAmount, readBusId, readBytes, readCount, readNumber, readPercent, readWords } from "../../values";
import { classifyNvidiaFailure } from "./failures";
import { hasUnifiedMemory, needsRecovery, saysError, saysLost, throttleReasonsByName } from "./fields";
import { childrenOf, type Element, readXml, textAt } from "./xmlTree";

const what = "nvidia-smi XML";
const closing = "</nvidia_smi_log>";

/** What the document says about the host. */
export interface NvidiaDetails extends Reading {
  readonly cudaVersion?: string;
  readonly driverVersion?: string;
}

/**
 * Reads `nvidia-smi -q -x` of drivers 384 and newer. GPUs whose element is not closed are left out and reported as
 * `cutOff`. Text before the document is looked at for failures and for the list of MIG devices of `nvidia-smi -L`.
 * Throws `unreadable` when no GPU could be read and no failure is recognised.
 */
export function parseNvidiaXml(text: string): NvidiaDetails {
  const begin = text.search(/<\?xml|<nvidia_smi_log/);
  const before = begin < 0 ? text : text.slice(0, begin);
  const problems = failuresIn(before);
  // In loop mode documents follow each other: the last whole one counts.
  const end = text.lastIndexOf(closing);
  const start = text.lastIndexOf("<nvidia_smi_log", end < 0 ? undefined : end);
  if (start < 0) {
    if (problems.length > 0) return { gpus: [], processes: [], problems };
    throw new Failure({ reason: "unreadable", what, detail: "there is no nvidia_smi_log element" });
  }
  const document = wellFormed(end < 0 ? text.slice(start) : text.slice(start, end + closing.length));
  const { found, header, whole, error } = readXml(document, "nvidia_smi_log", "gpu");
  if (!whole) {
    if (found.length === 0) throw new Failure({ reason: "unreadable", what, detail: error ?? "it is empty" });
    problems.push({ reason: "cutOff", what });
  }
  if (end >= 0) problems.push(...failuresIn(text.slice(end).replace(/<\?xml.*/s, "")));
  const inHeader = (...names: string[]): string | undefined =>
    names.map((name) => readWords(header.find((element) => element.name === name)?.text)).find(Boolean);
  const driverVersion = inHeader("driver_version", "kmd_version");
  const migNames = migDevicesIn(before);
  const gpus = found.map((element, index) => gpuOf(element, index, driverVersion, migNames));
  return {
    gpus,
    processes: found.flatMap((element, index) => processesOf(element, gpus[index])),
    problems,
    ...known({ cudaVersion: inHeader("cuda_version", "cuda_umd_version"), driverVersion }),
  };
}

/** The tool prints process names as they are; bare ampersands and control characters would end the reading. */
function wellFormed(text: string): string {
  return text
    .replace(/&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});)/gi, "&amp;")
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "");
}

function failuresIn(text: string): Problem[] {
  const problem = classifyNvidiaFailure(text);
  return problem ? [problem] : [];
}

function gpuOf(
  element: Element,
  index: number,
  driverVersion: string | undefined,
  migNames: readonly MigName[],
): GpuReading {
  const at = (...path: string[]): string | undefined => textAt(element, ...path);
  const name = readWords(at("product_name"));
  const memoryTotalBytes = readBytes(at("fb_memory_usage", "total"), "MiB");
  const lost = holds(element, saysLost);
  const basics = [at("utilization", "gpu_util"), at("fb_memory_usage", "used"), at("temperature", "gpu_temp")];
  const failed = basics.filter((text) => text !== undefined);
  const link = (...path: string[]): number | undefined => readCount(at("pci", "pci_gpu_link_info", ...path));
  const pcie = known({
    generation: link("pcie_gen", "current_link_gen"),
    maxGeneration: link("pcie_gen", "max_link_gen"),
    width: link("link_widths", "current_link_width"),
    maxWidth: link("link_widths", "max_link_width"),
    rxBytesPerSecond: readBytes(at("pci", "rx_util"), "KB"),
    txBytesPerSecond: readBytes(at("pci", "tx_util"), "KB"),
  });
  const clock = (group: string): number | undefined =>
    readCount(at(group, "sm_clock")) ?? readCount(at(group, "graphics_clock"));
  const gpu = known({
    vendor: "nvidia" as const,
    index,
    uuid: readWords(at("uuid")),
    name,
    busId: readBusId(element.id) ?? readBusId(at("pci", "pci_bus_id")),
    driverVersion,
    utilizationPercent: readPercent(at("utilization", "gpu_util")),
    memoryUtilizationPercent: readPercent(at("utilization", "memory_util")),
    memoryUsedBytes: readBytes(at("fb_memory_usage", "used"), "MiB"),
    memoryTotalBytes,
    temperatureCelsius: readNumber(at("temperature", "gpu_temp")),
    memoryTemperatureCelsius: readNumber(at("temperature", "memory_temp")),
    powerWatts: power(element, "power_draw", "average_power_draw", "instant_power_draw"),
    powerLimitWatts: power(element, "current_power_limit", "power_limit", "enforced_power_limit"),
    fanPercent: readAmount(at("fan_speed")),
    clockMhz: clock("clocks"),
    clockMaxMhz: clock("max_clocks"),
    memoryClockMhz: readCount(at("clocks", "mem_clock")),
    pcie: Object.keys(pcie).length > 0 ? pcie : undefined,
    throttleReasons: lost ? undefined : throttleReasons(element),
    eccUncorrected: uncorrectedErrors(element),
    performanceState: readWords(at("performance_state")),
    mig: mig(element, index, migNames),
    unifiedMemory: memoryTotalBytes === undefined && !lost && hasUnifiedMemory(name) ? true : undefined,
  });
  return {
    gpu,
    ...known({
      lost: lost || undefined,
      needsReset: asksForReset(element),
      unreadable: failed.length > 0 && failed.every(saysError) ? failed[0] : undefined,
    }),
  };
}

function holds(element: Element, test: (text: string) => boolean): boolean {
  return test(element.text) || element.children.some((child) => holds(child, test));
}

/** The power block has had three shapes; values of the whole module or of the memory are other things. */
function power(element: Element, ...names: string[]): number | undefined {
  for (const name of names) {
    for (const block of ["gpu_power_readings", "power_readings"]) {
      const value = readAmount(textAt(element, block, name));
      if (value !== undefined) return value;
    }
  }
  return undefined;
}

function throttleReasons(element: Element): ReturnType<typeof throttleReasonsByName> {
  return throttleReasonsByName(
    (name) =>
      textAt(element, "clocks_event_reasons", `clocks_event_reason_${name}`) ??
      textAt(element, "clocks_throttle_reasons", `clocks_throttle_reason_${name}`),
  );
}

/** Since the driver was loaded: one total on old boards, SRAM and DRAM apart on newer ones, SRAM split again on the newest. */
function uncorrectedErrors(element: Element): number | undefined {
  const total = readCount(textAt(element, "ecc_errors", "volatile", "double_bit", "total"));
  if (total !== undefined) return total;
  const parts = ["sram_uncorrectable", "sram_uncorrectable_parity", "sram_uncorrectable_secded", "dram_uncorrectable"]
    .map((name) => readCount(textAt(element, "ecc_errors", "volatile", name)))
    .filter((count) => count !== undefined);
  return parts.length === 0 ? undefined : parts.reduce((sum, count) => sum + count, 0);
}

function asksForReset(element: Element): boolean | undefined {
  const action = needsRecovery(textAt(element, "gpu_recovery_action"));
  const required = textAt(element, "gpu_reset_status", "reset_required");
  return action || required === "Yes" ? true : action;
}

function migIds(element: Element): (gi: string | undefined, ci: string | undefined) => string | undefined {
  const devices = childrenOf(element, "mig_devices");
  return (gi, ci) => {
    if (readCount(gi) === undefined) return undefined;
    const shared = devices.filter((device) => textAt(device, "gpu_instance_id") === gi).length > 1;
    return shared && readCount(ci) !== undefined ? `${gi}/${ci}` : gi;
  };
}

function mig(element: Element, gpuIndex: number, names: readonly MigName[]): GpuReading["gpu"]["mig"] {
  const mode = textAt(element, "mig_mode", "current_mig");
  if (mode !== "Enabled" && mode !== "Disabled") return undefined;
  const idOf = migIds(element);
  const instances: MigInstance[] = [];
  for (const device of childrenOf(element, "mig_devices")) {
    const id = idOf(textAt(device, "gpu_instance_id"), textAt(device, "compute_instance_id"));
    if (device.name !== "mig_device" || id === undefined) continue;
    const deviceIndex = readCount(textAt(device, "index"));
    const name = names.find((entry) => entry.gpuIndex === gpuIndex && entry.deviceIndex === deviceIndex);
    instances.push({
      id,
      profile: name?.profile ?? "unknown",
      ...known({
        uuid: name?.uuid,
        memoryUsedBytes: readBytes(textAt(device, "fb_memory_usage", "used"), "MiB"),
        memoryTotalBytes: readBytes(textAt(device, "fb_memory_usage", "total"), "MiB"),
      }),
    });
  }
  return { enabled: mode === "Enabled", instances };
}

interface MigName {
  readonly gpuIndex: number;
  readonly deviceIndex: number;
  readonly profile: string;
  readonly uuid?: string;
}

/** MIG devices by name, as `nvidia-smi -L` lists them below their GPU. */
function migDevicesIn(text: string): MigName[] {
  const names: MigName[] = [];
  let gpuIndex = -1;
  for (const line of text.split(/\r?\n/)) {
    const gpu = /^GPU (\d+): /.exec(line);
    if (gpu) gpuIndex = Number(gpu[1]);
    const device = /^\s+MIG (\S+)\s+Device\s+(\d+):(?: \(UUID: (\S+)\))?/.exec(line);
    if (device?.[1] === undefined || gpuIndex < 0) continue;
    names.push({ gpuIndex, deviceIndex: Number(device[2]), profile: device[1], ...known({ uuid: device[3] }) });
  }
  return names;
}

function processesOf(element: Element, reading: GpuReading | undefined): GpuProcess[] {
  const idOf = migIds(element);
  return childrenOf(element, "processes").flatMap((entry) => {
    const pid = readCount(textAt(entry, "pid"));
    if (pid === undefined || pid < 1) return [];
    return [
      known({
        gpuUuid: reading?.gpu.uuid,
        gpuIndex: reading?.gpu.index,
        migId: idOf(textAt(entry, "gpu_instance_id"), textAt(entry, "compute_instance_id")),
        pid,
        name: readWords(textAt(entry, "process_name")),
        memoryBytes: readBytes(textAt(entry, "used_memory"), "MiB"),
        type: readWords(textAt(entry, "type")),
      }),
    ];
  });
}
