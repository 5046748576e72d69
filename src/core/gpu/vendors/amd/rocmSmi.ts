import type { GpuProcess } from "../../../../shared/gpu";
import { Failure, type Problem } from "../../../failure";
import { type GpuReading, known, type Reading } from "../../reading";
import { readAmount, readBusId, readBytes, readCount, readNumber, readPercent, readWords } from "../../values";
import { classifyAmdFailure } from "./failures";
import { endsInsideJson, jsonObjectsIn } from "./jsonDocuments";

const what = "rocm-smi JSON";

/**
 * Reads what `rocm-smi … --json` prints, ROCm 3 to 7 and the Hygon fork: the keys were renamed several times, all values
 * are strings, several documents may follow each other and text may stand around them. A failure that the tool reports
 * is a problem of the reading; throws `unreadable` when there is neither a card nor such a failure.
 */
export function parseRocmSmi(text: string): Reading {
  const cards = new Map<number, Values>();
  const system = new Map<string, string>();
  for (const object of jsonObjectsIn(text)) {
    for (const [key, entry] of Object.entries(object)) {
      if (key === "system") addTo(system, entry);
      const index = /^card(\d{1,4})$/.exec(key)?.[1];
      if (index === undefined) continue;
      const values = cards.get(Number(index)) ?? new Map<string, string>();
      addTo(values, entry);
      cards.set(Number(index), values);
    }
  }
  const problems: Problem[] = endsInsideJson(text) ? [{ reason: "cutOff", what }] : [];
  const failure = classifyAmdFailure(text);
  if (cards.size === 0 && system.size === 0) {
    if (failure === undefined)
      throw new Failure({ reason: "unreadable", what, detail: "there is no object with cards in it" });
    return { gpus: [], processes: [], problems: [failure] };
  }
  const driverVersion = readWords(system.get("driver version"));
  const gpus = [...cards].sort(([a], [b]) => a - b).map(([index, values]) => gpuOf(index, values, driverVersion));
  return { gpus, processes: processesIn(system, gpus), problems };
}

/** Values by key, the keys in lower case without the colon that some end in. */
type Values = Map<string, string>;

function addTo(values: Values, entry: unknown): void {
  if (typeof entry !== "object" || entry === null) return;
  for (const [key, value] of Object.entries(entry)) {
    if (typeof value === "string" || typeof value === "number")
      values.set(key.trim().replace(/:$/, "").toLowerCase(), String(value));
  }
}

function gpuOf(index: number, values: Values, driverVersion: string | undefined): GpuReading {
  const first = <T>(read: (text: string | undefined) => T | undefined, ...keys: string[]): T | undefined => {
    for (const key of keys) {
      const value = read(values.get(key));
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const memory = (kind: string): number | undefined =>
    readBytes(values.get(`vram total ${kind}memory (b)`), "B") ??
    readBytes(values.get(`vram total ${kind}memory (mib)`), "MiB");
  const link = /\(([\d.]+) ?GT\/s x(\d+)\)/.exec(values.get("pcie clock level") ?? "");
  const pcie = known({ generation: pcieGeneration(link?.[1]), width: readCount(link?.[2]) });
  return {
    gpu: known({
      vendor: "amd" as const,
      index,
      uuid: readWords(values.get("unique id")),
      name: first(readName, "card series", "device name", "card model"),
      busId: readBusId(values.get("pci bus")),
      driverVersion,
      utilizationPercent: first(readPercent, "gpu use (%)", "dcu use (%)", "hcu use (%)"),
      memoryUtilizationPercent: first(readPercent, "gpu memory read/write activity (%)", "gpu memory use (%)"),
      memoryUsedBytes: memory("used "),
      memoryTotalBytes: memory(""),
      temperatureCelsius: first(readNumber, "temperature (sensor edge) (c)", "temperature (sensor junction) (c)"),
      memoryTemperatureCelsius:
        first(readNumber, "temperature (sensor memory) (c)", "temperature (sensor mem) (c)") ?? hottestStack(values),
      powerWatts: first(
        readAmount,
        "average graphics package power (w)",
        "current socket graphics package power (w)",
        "current graphics package power (w)",
      ),
      powerLimitWatts: first(readAmount, "max graphics package power (w)"),
      fanPercent: first(readAmount, "fan speed (%)"),
      clockMhz: first(readCount, "sclk clock speed"),
      memoryClockMhz: first(readCount, "mclk clock speed"),
      pcie: Object.keys(pcie).length > 0 ? pcie : undefined,
    }),
  };
}

/** A name for people; old versions print PCI numbers in these places. */
function readName(text: string | undefined): string | undefined {
  const words = readWords(text);
  return words === undefined || /^0x[0-9a-f]+$/i.test(words) ? undefined : words;
}

function hottestStack(values: Values): number | undefined {
  const stacks = [...values]
    .filter(([key]) => key.startsWith("temperature (sensor hbm "))
    .map(([, value]) => readNumber(value))
    .filter((value) => value !== undefined);
  return stacks.length === 0 ? undefined : Math.max(...stacks);
}

/** The PCIe generation of a link speed in GT/s. */
export function pcieGeneration(gigatransfers: string | undefined): number | undefined {
  const at = [2.5, 5, 8, 16, 32, 64].indexOf(Number(gigatransfers));
  return at < 0 ? undefined : at + 1;
}

/** `PID48213: "python3, 2, 255550554112, 0, unknown"`: name, GPUs, VRAM bytes, SDMA, CUs. The name may hold commas. */
function processesIn(system: Values, gpus: readonly GpuReading[]): GpuProcess[] {
  const only = gpus.length === 1 ? gpus[0]?.gpu : undefined;
  return [...system].flatMap(([key, value]) => {
    const pid = readCount(/^pid(\d{1,10})$/.exec(key)?.[1]);
    const fields = value.split(", ");
    if (pid === undefined || pid < 1 || fields.length < 5) return [];
    const [gpuCount, vram] = fields.slice(-4);
    const onOnly = only !== undefined && gpuCount === "1";
    return [
      known({
        gpuUuid: onOnly ? only.uuid : undefined,
        gpuIndex: onOnly ? only.index : undefined,
        pid,
        name: readWords(fields.slice(0, -4).join(", ")),
        memoryBytes: readBytes(vram, "B"),
      }),
    ];
  });
}
