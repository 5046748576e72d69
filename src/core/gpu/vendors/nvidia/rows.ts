import type { GpuProcess } from "../../../../shared/gpu";
import { type GpuReading, known } from "../../reading";
import { readAmount, readBusId, readBytes, readCount, readNumber, readPercent, readWords } from "../../values";
import {
  canonicalField,
  hasUnifiedMemory,
  needsRecovery,
  saysError,
  saysLost,
  throttleReasonsByName,
  throttleReasonsOfMask,
} from "./fields";

/** The columns of a query, by canonical name; the unit of a header such as `memory.used [MiB]` where it has one. */
export interface Columns {
  readonly names: readonly string[];
  /** Where a column stands. */
  readonly at: ReadonlyMap<string, number>;
  readonly units: readonly (string | undefined)[];
}

/** One row of `--query-gpu`. `index` is absent where the GPU is lost or the query did not ask for it. */
export interface GpuRow {
  readonly index?: number;
  /** Number of GPUs of the host, where asked for. */
  readonly count?: number;
  readonly timestamp?: string;
  readonly lost: boolean;
  /** The reading, for the index that the row turns out to have. */
  reading(index: number): GpuReading;
}

/** The columns of a header line or of the fields that were asked for. */
export function columnsOf(fields: readonly string[]): Columns {
  const parts = fields.map((field) => /^(.*?)(?: \[([^\]]*)\])?$/.exec(field.trim()));
  const names = parts.map((part) => canonicalField(part?.[1] ?? ""));
  return {
    names,
    at: new Map(names.map((name, at) => [name, at])),
    units: parts.map((part) => part?.[2]),
  };
}

/** Reads the cells of one GPU; undefined where they are not as many as the columns. */
export function readGpuRow(columns: Columns, cells: readonly string[]): GpuRow | undefined {
  if (cells.length !== columns.names.length) return undefined;
  const cell = (name: string): string | undefined => cells[columns.at.get(name) ?? -1];
  const index = readCount(cell("index"));
  const count = readCount(cell("count"));
  return {
    ...known({ index, count, timestamp: cell("timestamp") }),
    lost: cells.some(saysLost),
    reading: (finalIndex) => gpuOf(columns, cells, finalIndex),
  };
}

function gpuOf(columns: Columns, cells: readonly string[], index: number): GpuReading {
  const cell = (name: string): string | undefined => cells[columns.at.get(name) ?? -1];
  const bytes = (name: string): number | undefined =>
    readBytes(cell(name), columns.units[columns.at.get(name) ?? -1] ?? "MiB");
  const name = readWords(cell("name"));
  const memoryTotalBytes = bytes("memory.total");
  const migMode = cell("mig.mode.current")?.trim();
  const pcie = known({
    generation: readCount(cell("pcie.link.gen.current")),
    maxGeneration: readCount(cell("pcie.link.gen.max")),
    width: readCount(cell("pcie.link.width.current")),
    maxWidth: readCount(cell("pcie.link.width.max")),
  });
  const lost = cells.some(saysLost);
  const failed = ["utilization.gpu", "memory.used", "temperature.gpu"].map(cell).filter((text) => text !== undefined);
  const gpu = known({
    vendor: "nvidia" as const,
    index,
    uuid: readWords(cell("uuid")),
    name,
    busId: readBusId(cell("pci.bus_id")),
    driverVersion: readWords(cell("driver_version")) ?? readWords(cell("kmd_version")),
    utilizationPercent: readPercent(cell("utilization.gpu")),
    memoryUtilizationPercent: readPercent(cell("utilization.memory")),
    memoryUsedBytes: bytes("memory.used"),
    memoryTotalBytes,
    temperatureCelsius: readNumber(cell("temperature.gpu")),
    memoryTemperatureCelsius: readNumber(cell("temperature.memory")),
    powerWatts:
      readAmount(cell("power.draw")) ??
      readAmount(cell("power.draw.average")) ??
      readAmount(cell("power.draw.instant")),
    powerLimitWatts: readAmount(cell("power.limit")) ?? readAmount(cell("enforced.power.limit")),
    fanPercent: readAmount(cell("fan.speed")),
    clockMhz: readCount(cell("clocks.current.sm")) ?? readCount(cell("clocks.current.graphics")),
    clockMaxMhz: readCount(cell("clocks.max.sm")) ?? readCount(cell("clocks.max.graphics")),
    memoryClockMhz: readCount(cell("clocks.current.memory")),
    pcie: Object.keys(pcie).length > 0 ? pcie : undefined,
    throttleReasons: lost
      ? undefined
      : (throttleReasonsOfMask(cell("clocks_event_reasons.active")) ??
        throttleReasonsByName((reason) => cell(`clocks_event_reasons.${reason}`))),
    eccUncorrected: readCount(cell("ecc.errors.uncorrected.volatile.total")),
    performanceState: readWords(cell("pstate")),
    mig:
      migMode === "Enabled" || migMode === "Disabled" ? { enabled: migMode === "Enabled", instances: [] } : undefined,
    unifiedMemory: memoryTotalBytes === undefined && !lost && hasUnifiedMemory(name) ? true : undefined,
  });
  return {
    gpu,
    ...known({
      lost: lost || undefined,
      needsReset: needsRecovery(cell("gpu_recovery_action")),
      unreadable: failed.length > 0 && failed.every(saysError) ? failed[0]?.replace(/^\[|\]$/g, "") : undefined,
    }),
  };
}

/** One row of `--query-compute-apps`; undefined where it is none. A process name may itself hold the separator. */
export function readProcessRow(columns: Columns, cells: readonly string[], separator: string): GpuProcess | undefined {
  const surplus = cells.length - columns.names.length;
  const nameAt = columns.at.get("process_name") ?? -1;
  if (surplus < 0 || (surplus > 0 && nameAt < 0)) return undefined;
  const joined =
    surplus === 0
      ? cells
      : [
          ...cells.slice(0, nameAt),
          cells.slice(nameAt, nameAt + surplus + 1).join(separator),
          ...cells.slice(nameAt + surplus + 1),
        ];
  const cell = (name: string): string | undefined => joined[columns.at.get(name) ?? -1];
  const pid = readCount(cell("pid"));
  if (pid === undefined || pid < 1) return undefined;
  const unit = columns.units[columns.at.get("used_gpu_memory") ?? -1] ?? "MiB";
  return known({
    gpuUuid: readWords(cell("uuid")),
    pid,
    name: readWords(cell("process_name")),
    memoryBytes: readBytes(cell("used_gpu_memory"), unit),
  });
}
