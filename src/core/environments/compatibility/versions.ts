interface Read {
  readonly numbers: readonly number[];
  readonly majorMinor: string;
}

/** The rows of the tables are compared again and again: their few versions are read once. */
const readBefore = new Map<string, Read>();
const remembered = 1000;

/** The numbers at the start of a version: `535.183.01` gives 535, 183, 1; what follows them is left out. */
function read(version: string): Read {
  const before = readBefore.get(version);
  if (before) return before;
  const match = /^\d{1,9}(\.\d{1,9}){0,5}/.exec(version);
  const numbers = match ? match[0].split(".").map(Number) : [];
  const found = { numbers, majorMinor: numbers.slice(0, 2).join(".") };
  if (readBefore.size >= remembered) readBefore.clear();
  readBefore.set(version, found);
  return found;
}

/** Whether a text starts with a version number. */
export const isVersion = (text: string | undefined): text is string =>
  text !== undefined && read(text).numbers.length > 0;

/** Negative, zero or positive as `a` is older than, the same as or newer than `b`; missing parts are zero. */
export function compareVersions(a: string, b: string): number {
  const left = read(a).numbers;
  const right = read(b).numbers;
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export const atLeast = (version: string, least: string): boolean => compareVersions(version, least) >= 0;

/** The first number: 12 of `12.8`. */
export const majorOf = (version: string): number => read(version).numbers[0] ?? Number.NaN;

/** `2.13` of `2.13.1+cu130`. */
export const majorMinor = (version: string): string => read(version).majorMinor;
