import { readyMark } from "../core/remote";

/** Banners and fortunes before the mark; more than this is not a login shell that means us well. */
const maxNoiseBytes = 64 * 1024;

/** Looks for the ready mark in what a login shell prints first. */
export interface MarkSeeker {
  /** The bytes after the mark once it is seen, `tooMuch` when the noise does not end, else undefined. */
  push(chunk: Buffer): Buffer | "tooMuch" | undefined;
  /** What came before the mark, so far. */
  noise(): string;
}

export function markSeeker(): MarkSeeker {
  const mark = Buffer.from(readyMark, "latin1");
  let seen = Buffer.alloc(0);
  return {
    push(chunk) {
      const from = Math.max(0, seen.length - mark.length);
      seen = Buffer.concat([seen, chunk]);
      const at = seen.indexOf(mark, from);
      if (at >= 0) {
        const rest = seen.subarray(at + mark.length);
        seen = seen.subarray(0, at);
        return rest;
      }
      return seen.length > maxNoiseBytes ? "tooMuch" : undefined;
    },
    noise: () => seen.toString("utf8"),
  };
}
