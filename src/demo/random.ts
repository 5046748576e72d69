/** A number in [0, 1) that depends on nothing but the words given: the same words, the same number, on every machine. */
export function chance(...words: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const word of words) {
    for (const character of `${word}/`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** Smooth noise in [-1, 1] that wanders with the given period in seconds. */
export function wander(seconds: number, period: number, ...words: readonly (string | number)[]): number {
  const step = Math.floor(seconds / period);
  const between = seconds / period - step;
  const from = chance(step, ...words);
  const to = chance(step + 1, ...words);
  const ease = between * between * (3 - 2 * between);
  return 2 * (from + (to - from) * ease) - 1;
}

/** `digits` lower-case hexadecimal digits that depend only on the words. */
export function hexDigits(digits: number, ...words: readonly (string | number)[]): string {
  let text = "";
  for (let block = 0; text.length < digits; block += 1) {
    text += Math.floor(chance(block, ...words) * 0x10000)
      .toString(16)
      .padStart(4, "0");
  }
  return text.slice(0, digits);
}

/** An identifier in the shape of a UUID that depends only on the words. */
export function uuidOf(...words: readonly (string | number)[]): string {
  return [8, 4, 4, 4, 12].map((digits, part) => hexDigits(digits, "uuid", part, ...words)).join("-");
}
