import { boundedText } from "../core/boundedText";
import { shortGpuName } from "../core/gpu/summary";
import type { Gpu, HostReport, SystemFacts } from "../shared/gpu";
import { isFree, ownersOf, warningsOf } from "../shared/gpuUse";
import { type Column, tableLines } from "./table";

const gpuColumns: readonly Column[] = [
  { heading: "GPU", align: "right" },
  { heading: "NAME" },
  { heading: "WHO" },
  { heading: "MEMORY", align: "right" },
  { heading: "UTIL", align: "right" },
  { heading: "POWER", align: "right" },
  { heading: "TEMP", align: "right" },
  { heading: "NOTES" },
];

const processColumns: readonly Column[] = [
  { heading: "PID", align: "right" },
  { heading: "USER" },
  { heading: "GPU", align: "right" },
  { heading: "MEMORY", align: "right" },
  { heading: "COMMAND" },
];

/** Characters that the columns before a process's command may take. */
const beforeCommand = 44;

/** A host's GPUs and processes as a person reads them on a terminal `width` characters wide; unknown is "–". */
export function hostLines(report: HostReport, width: number): string[] {
  const head = [report.host, ...systemWords(report.system)].join(" · ");
  const error = report.error ? [`  ! ${report.error.message}`] : [];
  if (report.error && report.gpus.length === 0) return [head, ...error];
  const gpus = tableLines(
    gpuColumns,
    report.gpus.map((gpu) => gpuCells(gpu, report)),
  );
  const processes = tableLines(
    processColumns,
    report.processes.map((process) => [
      String(process.pid),
      boundedText(process.user ?? "–", 16),
      process.gpuIndex === undefined
        ? "–"
        : process.migId
          ? `${process.gpuIndex}:${process.migId}`
          : String(process.gpuIndex),
      process.memoryBytes === undefined ? "–" : `${gib(process.memoryBytes, 1)} GB`,
      boundedText(process.command ?? process.name ?? "–", Math.max(30, width - beforeCommand)),
    ]),
  );
  return [
    head,
    ...error,
    ...(report.gpus.length > 0 ? gpus : ["  no GPUs"]),
    ...(report.processes.length > 0 ? ["", ...processes] : []),
    ...report.warnings.map((warning) => `  ! ${warning.message}`),
  ];
}

function gpuCells(gpu: Gpu, report: HostReport): string[] {
  const who = isFree(gpu, report) ? "free" : ownersOf(report, gpu).join(", ");
  const notes = [
    ...(gpu.mig?.enabled
      ? [`MIG: ${gpu.mig.instances.map((instance) => instance.profile).join(", ") || "no instances"}`]
      : []),
    ...(gpu.throttleReasons ?? []),
    ...(gpu.eccUncorrected ? [`${gpu.eccUncorrected} ECC errors`] : []),
    ...(warningsOf(report, gpu).length > 0 ? ["!"] : []),
  ];
  return [
    String(gpu.index),
    boundedText(shortGpuName(gpu.name) ?? "–", 24),
    boundedText(who || "–", 24),
    memoryWords(gpu),
    gpu.utilizationPercent === undefined ? "–" : `${Math.round(gpu.utilizationPercent)} %`,
    powerWords(gpu),
    gpu.temperatureCelsius === undefined ? "–" : `${Math.round(gpu.temperatureCelsius)} °C`,
    notes.join(", "),
  ];
}

function memoryWords({ memoryUsedBytes, memoryTotalBytes }: Gpu): string {
  if (memoryUsedBytes === undefined && memoryTotalBytes === undefined) return "–";
  const [used, total] = [memoryUsedBytes, memoryTotalBytes].map((bytes) => (bytes === undefined ? "–" : gib(bytes)));
  return `${used} / ${total} GB`;
}

function powerWords({ powerWatts, powerLimitWatts }: Gpu): string {
  if (powerWatts === undefined && powerLimitWatts === undefined) return "–";
  return powerLimitWatts === undefined
    ? `${round(powerWatts)} W`
    : `${round(powerWatts)} / ${round(powerLimitWatts)} W`;
}

function systemWords(system: SystemFacts | undefined): string[] {
  if (!system) return [];
  const words: string[] = [];
  if (system.distribution) words.push(boundedText(system.distribution, 40));
  if (system.driverVersion) words.push(`driver ${boundedText(system.driverVersion, 20)}`);
  if (system.cudaVersion) words.push(`CUDA ${boundedText(system.cudaVersion, 10)}`);
  if (system.cpuPercent !== undefined) words.push(`CPU ${Math.round(system.cpuPercent)} %`);
  if (system.memoryUsedBytes !== undefined && system.memoryTotalBytes !== undefined) {
    words.push(`RAM ${gib(system.memoryUsedBytes)}/${gib(system.memoryTotalBytes)} GB`);
  }
  if (system.load) words.push(`load ${system.load[0].toFixed(1)}`);
  return words;
}

const gib = (bytes: number, digits = 0) => (bytes / 2 ** 30).toFixed(digits);
const round = (value: number | undefined) => (value === undefined ? "–" : String(Math.round(value)));
