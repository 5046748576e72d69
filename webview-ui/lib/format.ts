/** How numbers and foreign text look everywhere: one unit a column, no decimals where they carry nothing. */

/** Stands for a value that nobody knows. */
export const UNKNOWN = "–";

const GIB = 1024 ** 3;

/** Whole GB from 16 GB up, one decimal below; what decides is the column's total, so digits do not come and go. GB is 2^30, as GPU tools count. */
function gigabytes(bytes: number, scale: number): string {
  return (bytes / GIB).toFixed(scale >= 15.5 * GIB ? 0 : 1);
}

/** `71 / 80 GB` */
export function memoryPair(usedBytes: number | undefined, totalBytes: number | undefined): string {
  if (usedBytes === undefined && totalBytes === undefined) return UNKNOWN;
  const scale = totalBytes ?? usedBytes ?? 0;
  const used = usedBytes === undefined ? UNKNOWN : gigabytes(usedBytes, scale);
  return totalBytes === undefined ? `${used} GB` : `${used} / ${gigabytes(totalBytes, scale)} GB`;
}

/** `71.2 GB`, for columns without a total. */
export function memory(bytes: number | undefined): string {
  return bytes === undefined ? UNKNOWN : `${(bytes / GIB).toFixed(1)} GB`;
}

function rounded(value: number | null | undefined, unit: string): string {
  return value === undefined || value === null || !Number.isFinite(value) ? UNKNOWN : `${Math.round(value)} ${unit}`;
}

export const percent = (value: number | null | undefined): string => rounded(value, "%");
export const watts = (value: number | null | undefined): string => rounded(value, "W");
export const celsius = (value: number | null | undefined): string => rounded(value, "°C");
export const megahertz = (value: number | null | undefined): string => rounded(value, "MHz");

/** `612 / 700 W` */
export function powerPair(value: number | undefined, limit: number | undefined): string {
  if (value === undefined || limit === undefined) return watts(value);
  return `${Math.round(value)} / ${Math.round(limit)} W`;
}

/** Share of a total in percent; undefined where either is unknown or the total is nothing. */
export function share(part: number | undefined, total: number | undefined): number | undefined {
  if (part === undefined || total === undefined || total <= 0) return undefined;
  return Math.min(100, (100 * part) / total);
}

/** The largest unit only, so that it changes seldom: `12 s`, `4 min`, `3 h`, `2 d`. */
export function span(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return UNKNOWN;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A time of day on the reader's clock, `14:03:09`; the argument is milliseconds since the epoch. */
export function timeOfDay(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** A sampling interval: `100 ms`, `1 s`, `60 s`. */
export function interval(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${milliseconds / 1000} s`;
}

const TERMINAL_SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;
const WHITESPACE = /\s+/g;
/** Control characters and those that turn the reading direction or take no room. */
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Text from a host, fit for one line: no terminal sequences, no control or direction characters, cut at `limit`. */
export function plainText(text: string, limit = 300): string {
  const line = text
    .slice(0, limit * 4)
    .replace(TERMINAL_SEQUENCE, "")
    .replace(WHITESPACE, " ")
    .replace(UNPRINTABLE, "\ufffd")
    .trim();
  const characters = [...line];
  return characters.length > limit ? `${characters.slice(0, limit).join("")}…` : line;
}

const NAME_NOISE =
  /\b(?:NVIDIA|AMD|ATI|Intel(?:\(R\))?|Advanced Micro Devices,? Inc\.?|GeForce|Tesla|Quadro|Instinct|Radeon|Generation|Graphics|HBM\d\w*|SXM\d?|PCIe|OAM|NVL)(?!\w)/gi;

/** What people call a GPU: "NVIDIA A100-SXM4-80GB" is an "A100 80GB". */
export function shortGpuName(name: string): string {
  const full = plainText(name, 60);
  const short = full
    .replace(NAME_NOISE, " ")
    .replace(/[-\s]+/g, " ")
    .trim();
  return short || full;
}
