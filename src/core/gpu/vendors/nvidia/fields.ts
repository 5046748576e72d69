import type { ThrottleReason } from "../../../../shared/gpu";

/** How `nvidia-smi` names and prints things, common to its CSV and XML. */

/** Other names of a field of `--query-gpu` or `--query-compute-apps`, and the one its header line prints. */
const canonicalNames: Readonly<Record<string, string>> = {
  gpu_name: "name",
  gpu_uuid: "uuid",
  gpu_bus_id: "pci.bus_id",
  "clocks.sm": "clocks.current.sm",
  "clocks.gr": "clocks.current.graphics",
  "clocks.mem": "clocks.current.memory",
  "clocks.max.gr": "clocks.max.graphics",
  "clocks.max.mem": "clocks.max.memory",
  "pcie.link.gen.gpucurrent": "pcie.link.gen.current",
  used_memory: "used_gpu_memory",
};

/** The canonical name of a field: drivers rename fields and print another name than the one asked for. */
export function canonicalField(name: string): string {
  return canonicalNames[name] ?? name.replace(/^clocks_throttle_reasons\./, "clocks_event_reasons.");
}

/** Bits of `clocks_event_reasons.active`. Bit 0 (idle) is left out: an idle GPU is not held down. */
const throttleBits: readonly (readonly [bigint, string, ThrottleReason])[] = [
  [0x4n, "sw_power_cap", "power cap"],
  [0x20n, "sw_thermal_slowdown", "thermal"],
  [0x40n, "hw_thermal_slowdown", "thermal"],
  [0x8n, "hw_slowdown", "hardware slowdown"],
  [0x80n, "hw_power_brake_slowdown", "power brake"],
  [0x2n, "applications_clocks_setting", "applications clocks"],
  [0x10n, "sync_boost", "sync boost"],
  [0x100n, "display_clocks_setting", "display clocks"],
];

/** The reasons in a bitmask such as `0x0000000000000004`; undefined where it is not one. */
export function throttleReasonsOfMask(text: string | undefined): ThrottleReason[] | undefined {
  const digits = /^0x[0-9a-f]{1,16}$/i.exec(text?.trim() ?? "")?.[0];
  if (digits === undefined) return undefined;
  const mask = BigInt(digits);
  return unique(throttleBits.filter(([bit]) => (mask & bit) !== 0n).map(([, , reason]) => reason));
}

/** The reasons that are `Active`, each asked by its name without prefix; undefined where none can be read. */
export function throttleReasonsByName(cellOf: (name: string) => string | undefined): ThrottleReason[] | undefined {
  const read = throttleBits.map(([, name, reason]) => ({ reason, value: cellOf(name)?.trim() }));
  if (!read.some(({ value }) => value === "Active" || value === "Not Active")) return undefined;
  return unique(read.filter(({ value }) => value === "Active").map(({ reason }) => reason));
}

/** True for the words a tool prints instead of every value of a GPU that fell off the bus. */
export function saysLost(text: string): boolean {
  return /^\[?GPU is lost\]?$/i.test(text.trim());
}

/** True for the words that stand for a value the driver failed to read, not for one it does not have. */
export function saysError(text: string | undefined): boolean {
  return /^\[?(ERR!|Unknown Error|GPU requires reset|Insufficient Permissions)\]?$/i.test(text?.trim() ?? "");
}

/** What `gpu_recovery_action` asks for; undefined where it is not known. */
export function needsRecovery(action: string | undefined): boolean | undefined {
  const words = action?.trim().replace(/^\[|\]$/g, "") ?? "";
  if (words === "None") return false;
  return /^(gpu )?(reset|reboot|drain)/i.test(words) ? true : undefined;
}

/** Systems on a chip whose GPU works in the machine's own memory. */
export function hasUnifiedMemory(name: string | undefined): boolean {
  return /\b(GB10|Thor|Orin|Xavier|Tegra)\b/i.test(name ?? "");
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
