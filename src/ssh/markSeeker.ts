import { readyMark } from "../core/remote";

/** Banners and fortunes before the mark; more than this is not a login shell that means us well. */
const maxNoiseBytes = 64 * 1024;

/** A line of shell that makes a shell tell its process id, which leads the group of all that it starts. */
export const tellPid = `printf '\\036tensorline pid %s\\037' "$$"`;
const pidMark = /\u001etensorline pid (\d{1,10})\u001f/;

/** Looks for the ready mark in what a login shell prints first. */
export interface MarkSeeker {
  /** The bytes after the mark once it is seen, `tooMuch` when the noise does not end, else undefined. */
  push(chunk: Buffer): Buffer | "tooMuch" | undefined;
  /** What came before the mark, so far, without our own lines. */
  noise(): string;
  /** The process id that the shell told about itself, as soon as it has. */
  pid(): number | undefined;
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
    noise: () => seen.toString("utf8").replace(pidMark, ""),
    pid() {
      const digits = pidMark.exec(seen.toString("latin1"))?.[1];
      return digits === undefined ? undefined : Number(digits);
    },
  };
}
