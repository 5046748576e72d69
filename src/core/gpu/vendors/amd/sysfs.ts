import type { Pcie } from "../../../../shared/gpu";
import { type GpuReading, known } from "../../reading";
import { readAmount, readBusId, readCount, readPercent, readWords } from "../../values";
import { pcieGeneration } from "./rocmSmi";

/** First lines of files below one PCI device, by path relative to it (`hwmon/hwmon3/temp1_input`). */
export type DeviceFiles = ReadonlyMap<string, string>;

/** Devices of the amdgpu driver by PCI address, from files named `…/0000:0c:00.0/gpu_busy_percent`. */
export function devicesOf(files: Iterable<readonly [path: string, value: string]>): Map<string, Map<string, string>> {
  const devices = new Map<string, Map<string, string>>();
  for (const [path, value] of files) {
    const match = /(?:^|\/)([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f])\/(.+)$/i.exec(path);
    const busId = readBusId(match?.[1]);
    if (busId === undefined || match?.[2] === undefined) continue;
    const device = devices.get(busId) ?? new Map<string, string>();
    device.set(match[2].replace(/^hwmon\/hwmon\d+\//, "hwmon/"), value);
    devices.set(busId, device);
  }
  return devices;
}

/** Reads what the amdgpu driver shows of one GPU. A GPU that sleeps shows only that it does. */
export function readDevice(index: number, busId: string, files: DeviceFiles): GpuReading {
  if (files.get("power/runtime_status") === "suspended") return { gpu: { vendor: "amd", index, busId }, asleep: true };
  const number = (path: string): number | undefined => readAmount(files.get(path));
  const scaled = (path: string, divisor: number): number | undefined => {
    const value = number(path);
    return value === undefined ? undefined : value / divisor;
  };
  const whole = (path: string, divisor: number): number | undefined => {
    const value = scaled(path, divisor);
    return value === undefined ? undefined : Math.round(value);
  };
  const pcie = pcieOf(files);
  return {
    gpu: known({
      vendor: "amd" as const,
      index,
      busId,
      uuid: readWords(files.get("unique_id")),
      name: readWords(files.get("product_name")),
      utilizationPercent: readPercent(files.get("gpu_busy_percent")),
      memoryUtilizationPercent: readPercent(files.get("mem_busy_percent")),
      memoryUsedBytes: readCount(files.get("mem_info_vram_used")),
      memoryTotalBytes: readCount(files.get("mem_info_vram_total")),
      temperatureCelsius: temperature(files, "edge") ?? temperature(files, "junction"),
      memoryTemperatureCelsius: temperature(files, "mem"),
      powerWatts: scaled("hwmon/power1_average", 1e6) ?? scaled("hwmon/power1_input", 1e6),
      powerLimitWatts: scaled("hwmon/power1_cap", 1e6),
      fanPercent: fanPercent(files),
      clockMhz: whole("hwmon/freq1_input", 1e6),
      memoryClockMhz: whole("hwmon/freq2_input", 1e6),
      pcie: Object.keys(pcie).length > 0 ? pcie : undefined,
      eccUncorrected: uncorrectedErrors(files),
    }),
  };
}

/** The driver's usual numbering, for the moment before the labels were read. */
const usualSensor: Readonly<Record<string, string>> = { edge: "temp1", junction: "temp2", mem: "temp3" };

function temperature(files: DeviceFiles, label: string): number | undefined {
  const labels = [...files].filter(([path]) => /^hwmon\/temp\d+_label$/.test(path));
  const labelled = labels.find(([, value]) => value === label)?.[0].replace(/^hwmon\/|_label$/g, "");
  const sensor = labels.length === 0 ? usualSensor[label] : labelled;
  const text = files.get(`hwmon/${sensor}_input`);
  const milli = text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
  return milli === undefined ? undefined : milli / 1000;
}

function fanPercent(files: DeviceFiles): number | undefined {
  const pwm = readCount(files.get("hwmon/pwm1"));
  if (pwm !== undefined && pwm <= 255) return Math.round((pwm / 255) * 100);
  const [turns, most] = [readCount(files.get("hwmon/fan1_input")), readCount(files.get("hwmon/fan1_max"))];
  return turns !== undefined && most ? Math.round((turns / most) * 100) : undefined;
}

function pcieOf(files: DeviceFiles): Pcie {
  const generation = (path: string) => pcieGeneration(/^[\d.]+/.exec(files.get(path) ?? "")?.[0]);
  return known({
    generation: generation("current_link_speed"),
    maxGeneration: generation("max_link_speed"),
    width: readCount(files.get("current_link_width")),
    maxWidth: readCount(files.get("max_link_width")),
  });
}

/** `ras/umc_err_count` and its like begin with `ue: N`. */
function uncorrectedErrors(files: DeviceFiles): number | undefined {
  const counts = [...files]
    .filter(([path]) => /^ras\/\w+_err_count$/.test(path))
    .map(([, value]) => readCount(/^ue:\s*(\d+)$/.exec(value)?.[1]))
    .filter((count) => count !== undefined);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}
