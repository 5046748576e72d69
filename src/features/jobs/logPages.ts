/** A log that is too big to show whole is shown in parts that begin and end at lines. */

export const pageBytes = 1024 * 1024;

/** A part longer than this in lines is more than a terminal keeps. */
const pageLines = 20_000;
const lineFeed = 10;
/** A line that is longer is cut. */
const longestLine = 64 * 1024;

/**
 * Where the first whole line at or behind `from` begins; `bytes` are those from the one before it on. `from` itself where the
 * log begins there, or where the line never ends.
 */
export function firstLine(bytes: Uint8Array, from: number): number {
  if (from === 0) return 0;
  const at = bytes.subarray(0, longestLine).indexOf(lineFeed);
  return at < 0 || at + 1 >= bytes.length ? from : from + at;
}

/** Where the last whole line ends in `bytes`; their length where the log ends there, or where no line ends. */
export function lastLine(bytes: Uint8Array, endsLog: boolean): number {
  if (endsLog) return bytes.length;
  const at = bytes.lastIndexOf(lineFeed);
  return at < 0 || bytes.length - at > longestLine ? bytes.length : at + 1;
}

/** Length of the first `pageLines` lines of `bytes`. */
export function headLength(bytes: Uint8Array, lines = pageLines): number {
  let at = -1;
  for (let count = 0; count < lines; count++) {
    at = bytes.indexOf(lineFeed, at + 1);
    if (at < 0) return bytes.length;
  }
  return at + 1;
}

/** Where the last `pageLines` lines of `bytes` begin. */
export function tailStart(bytes: Uint8Array, lines = pageLines): number {
  let at = bytes.at(-1) === lineFeed ? bytes.length - 1 : bytes.length;
  for (let count = 0; count < lines; count++) {
    if (at <= 0) return 0;
    at = bytes.lastIndexOf(lineFeed, at - 1);
    if (at < 0) return 0;
  }
  return at + 1;
}

/** A moment of the log's index: so many bytes had been written by then. */
export interface LogMoment {
  readonly at: string;
  readonly bytes: number;
}

/** When a position was written at the latest: the first moment by which it had been. */
export function writtenBy(index: readonly LogMoment[], position: number): string | undefined {
  return index.find((moment) => moment.bytes >= position)?.at;
}

/** When it was written at the earliest: the last moment before it. */
export function writtenSince(index: readonly LogMoment[], position: number): string | undefined {
  return index.findLast((moment) => moment.bytes <= position)?.at;
}

/** At most `most` moments, evenly chosen, the last among them. */
export function thinned(index: readonly LogMoment[], most: number): readonly LogMoment[] {
  if (index.length <= most) return index;
  const step = (index.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, place) => index[Math.round(place * step)]).filter(
    (moment) => moment !== undefined,
  );
}
