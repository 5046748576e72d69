import type { GpuProcess } from "../../../shared/gpu";
import { isFailure, type Problem } from "../../failure";
import type { GpuReading } from "../reading";
import type { GpuVendor, SourceUpdate, VendorEvent, VendorReader } from "../vendor";
import { classifyAmdFailure } from "./amd/failures";
import { parseRocmSmi } from "./amd/rocmSmi";
import { devicesOf, readDevice } from "./amd/sysfs";

const live = "amd";
const slow = "amdSlow";
const tool = "amdSmi";
const base = "bus/pci/drivers/amdgpu/*:*";
const guard = "power/runtime_status";
const limitSeconds = 30;

export const amd: GpuVendor = {
  id: "amd",
  label: "AMD",
  tool: "rocm-smi",
  sources: () => [
    {
      kind: "files",
      name: live,
      everyMs: 0,
      base,
      guard,
      skip: "suspended",
      patterns: [
        "gpu_busy_percent",
        "mem_busy_percent",
        "mem_info_vram_used",
        "mem_info_vram_total",
        "hwmon/hwmon*/temp[123]_input",
        "hwmon/hwmon*/power1_average",
        "hwmon/hwmon*/power1_input",
        "hwmon/hwmon*/freq[12]_input",
        "hwmon/hwmon*/pwm1",
        "hwmon/hwmon*/fan1_input",
      ],
    },
    {
      kind: "files",
      name: slow,
      everyMs: 30_000,
      base,
      guard,
      skip: "suspended",
      patterns: [
        "product_name",
        "unique_id",
        "hwmon/hwmon*/temp[123]_label",
        "hwmon/hwmon*/power1_cap",
        "hwmon/hwmon*/fan1_max",
        "current_link_speed",
        "current_link_width",
        "max_link_speed",
        "max_link_width",
        "ras/*_err_count",
      ],
    },
    {
      kind: "every",
      name: tool,
      everyMs: 15_000,
      limitSeconds,
      statusFiles: `${base}/${guard}`,
      argv: [
        "rocm-smi",
        ...["--showproductname", "--showuniqueid", "--showbus", "--showid", "--showdriverversion", "--showpids"],
        ...["--showuse", "--showmeminfo", "vram", "--showtemp", "--showpower", "--showmaxpower", "--showclocks"],
        ...["--showfan", "--json"],
      ],
    },
  ],
  createReader,
  captureFormats: { "rocm-smi-json": parseRocmSmi },
};

function createReader(): VendorReader {
  let liveFiles = new Map<string, Map<string, string>>();
  let slowFiles = new Map<string, Map<string, string>>();
  let cards: readonly GpuReading[] = [];
  let processes: readonly GpuProcess[] = [];
  let missing = { files: false, tool: false };

  function take(update: SourceUpdate): VendorEvent[] {
    if (update.kind !== "output") return [];
    const { source, lines, exitCode } = update;
    if (source === live) return takeLive(devicesOf(lines.map(pathAndValue)));
    if (source === slow) slowFiles = devicesOf(lines.map(pathAndValue));
    return source === tool ? takeTool(lines.join("\n"), exitCode) : [];
  }

  function takeLive(devices: Map<string, Map<string, string>>): VendorEvent[] {
    liveFiles = devices;
    missing = { ...missing, files: devices.size === 0 };
    return devices.size > 0 ? [{ kind: "gpus", gpus: combined() }] : absent();
  }

  function takeTool(text: string, exitCode: number): VendorEvent[] {
    missing = { ...missing, tool: exitCode === 127 };
    if (exitCode === 127) return absent();
    if (exitCode === 137) return problems([{ reason: "toolHangs", tool: "rocm-smi", seconds: limitSeconds }]);
    try {
      const reading = parseRocmSmi(text);
      cards = reading.gpus;
      processes = reading.processes;
      const failures =
        liveFiles.size > 0 ? reading.problems.filter(({ reason }) => reason !== "noDevices") : reading.problems;
      return [
        ...(cards.length > 0 || liveFiles.size > 0 ? [{ kind: "gpus" as const, gpus: combined() }] : []),
        { kind: "processes", processes },
        ...problems(failures),
      ];
    } catch (error) {
      const problem = classifyAmdFailure(text, exitCode) ?? (isFailure(error) ? error.problem : undefined);
      if (problem === undefined) throw error;
      return problems([problem]);
    }
  }

  function absent(): VendorEvent[] {
    return missing.files && missing.tool ? [{ kind: "absent" }] : [];
  }

  /** Live values from the driver's files over the slow ones of the tool, joined by PCI address, else by order. */
  function combined(): GpuReading[] {
    if (liveFiles.size === 0) return [...cards];
    const addresses = [...liveFiles.keys()].sort();
    const places = addresses.map((busId, order) => {
      const card =
        cards.find(({ gpu }) => gpu.busId === busId) ?? (cards.some(({ gpu }) => gpu.busId) ? undefined : cards[order]);
      return { busId, card };
    });
    const taken = new Set(places.map(({ card }) => card?.gpu.index));
    let next = 0;
    return places
      .map(({ busId, card }) => {
        while (taken.has(next)) next++;
        const index = card?.gpu.index ?? next++;
        const files = new Map([...(slowFiles.get(busId) ?? []), ...(liveFiles.get(busId) ?? [])]);
        const reading = readDevice(index, busId, files);
        // Of a sleeping GPU the tool's values are old ones; only who it is still holds.
        return {
          ...reading,
          gpu: { ...(reading.asleep ? identity(card) : card?.gpu), ...reading.gpu, ...named(card) },
        };
      })
      .sort((a, b) => a.gpu.index - b.gpu.index);
  }

  return { take };
}

function identity(card: GpuReading | undefined): Partial<GpuReading["gpu"]> {
  if (!card) return {};
  const { uuid, driverVersion, memoryTotalBytes } = card.gpu;
  return {
    ...(uuid === undefined ? {} : { uuid }),
    ...(driverVersion === undefined ? {} : { driverVersion }),
    ...(memoryTotalBytes === undefined ? {} : { memoryTotalBytes }),
  };
}

/** The tool knows the market name, the driver's file often only a board name or nothing. */
function named(card: GpuReading | undefined): { name?: string } {
  return card?.gpu.name === undefined ? {} : { name: card.gpu.name };
}

function problems(list: readonly Problem[]): VendorEvent[] {
  return [{ kind: "problems", problems: list }];
}

function pathAndValue(line: string): readonly [path: string, value: string] {
  const at = line.indexOf("=");
  return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
}
