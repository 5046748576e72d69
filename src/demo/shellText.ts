import { quoteWord } from "../core/remote";

/** One line that a POSIX shell reads as these assignments. Names are ours, values may be anything. */
export function assignments(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${quoteWord(String(value))}`)
    .join(" ");
}

/** One line that a POSIX shell reads as a call of one of its functions. */
export function call(name: string, ...words: readonly (string | number)[]): string {
  return [name, ...words.map((word) => quoteWord(String(word)))].join(" ");
}
