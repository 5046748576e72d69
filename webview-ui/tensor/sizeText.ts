import { UNKNOWN } from "../lib/format";

const units = ["B", "KiB", "MiB", "GiB", "TiB"];

/** `98 KiB`, `2.5 GiB`: in the units that frameworks print. */
export function sizeText(bytes: number | undefined): string {
  if (bytes === undefined) return UNKNOWN;
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1).replace(/\.0$/, "")} ${units[power] ?? ""}`;
}
