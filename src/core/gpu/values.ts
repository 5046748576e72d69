import { boundedText } from "../boundedText";

/** Reading single values as GPU tools print them. What is not wholly a number of the right kind is undefined. */

const bytesPerUnit: Readonly<Record<string, number>> = {
  b: 1,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
};

const quantity = /^(-?\d+(?:\.\d+)?)\s*([A-Za-z%°/]*)$/;

/** The number of `612.40 W`, `45`, `16x` or `(2103Mhz)`; undefined for `N/A` and everything else. */
export function readNumber(text: string | undefined): number | undefined {
  const match = quantity.exec(bare(text));
  return match ? Number(match[1]) : undefined;
}

/** A number that must not be negative. */
export function readAmount(text: string | undefined): number | undefined {
  const value = readNumber(text);
  return value !== undefined && value >= 0 ? value : undefined;
}

/** A whole number from 0. */
export function readCount(text: string | undefined): number | undefined {
  const value = readAmount(text);
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}

/** A percentage from 0 to 100. */
export function readPercent(text: string | undefined): number | undefined {
  const value = readAmount(text);
  return value !== undefined && value <= 100 ? value : undefined;
}

/** Bytes; `unit` holds where the cell names none. */
export function readBytes(text: string | undefined, unit: string): number | undefined {
  const match = quantity.exec(bare(text));
  const factor = bytesPerUnit[(match?.[2] || unit).replace(/\/s$/, "").toLowerCase()];
  const amount = Number(match?.[1]);
  if (!match || factor === undefined || amount < 0) return undefined;
  const bytes = Math.round(amount * factor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Words such as a name; undefined where the tool prints that it has none. */
export function readWords(text: string | undefined): string | undefined {
  const words = boundedText(bare(text), 200);
  return words === "" || noWords.test(words) ? undefined : words;
}

const noWords =
  /^(n\/a|none|unknown|(function )?not (supported|found|available)|err!|unknown error|gpu is lost|gpu requires reset|insufficient permissions|requested functionality has been deprecated)$/i;

/** `00000000:1A:00.0` and `1A:00.0` as `0000:1a:00.0`. */
export function readBusId(text: string | undefined): string | undefined {
  const match = /^(?:([0-9a-f]+):)?([0-9a-f]{2}):([0-9a-f]{2})\.([0-9a-f])$/i.exec(bare(text));
  if (!match) return undefined;
  const domain = Number.parseInt(match[1] ?? "0", 16)
    .toString(16)
    .padStart(4, "0");
  return `${domain}:${match[2]}:${match[3]}.${match[4]}`.toLowerCase();
}

/** Without the blanks, brackets and parentheses around it. */
function bare(text: string | undefined): string {
  const trimmed = text?.trim() ?? "";
  return /^\[.*\]$/.test(trimmed) || /^\([^()]*\)$/.test(trimmed) ? trimmed.slice(1, -1).trim() : trimmed;
}
