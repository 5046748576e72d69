import { quoteArgv, quoteWord } from "../core/remote";

/** Longest answer of one command, per standard stream. */
export const answerLimitBytes = 1024 * 1024;

/** What one stream of the short lane said up to the end of a command. */
export interface Frame {
  readonly output: Buffer;
  readonly code: number;
}

/** Cuts one stream into answers. Each ends with `\x1e`, the lane's nonce, a space, a number, `\x1f`. */
export interface FrameReader {
  push(chunk: Buffer): void;
  /** The next whole frame, once it is there. */
  take(): Frame | undefined;
  /** The answer in progress is longer than the limit. */
  tooLarge(): boolean;
}

const longestEnd = 16;

export function frameReader(nonce: string): FrameReader {
  const start = Buffer.from(`\u001e${nonce} `, "latin1");
  let pending = Buffer.alloc(0);
  let searched = 0;
  return {
    push(chunk) {
      pending = Buffer.concat([pending, chunk]);
    },
    take() {
      const at = pending.indexOf(start, searched);
      searched = Math.max(0, pending.length - start.length);
      if (at < 0) return undefined;
      const from = at + start.length;
      const end = pending.indexOf(0x1f, from);
      const digits = end < 0 ? "" : pending.toString("latin1", from, end);
      if (end < 0 || end - from > longestEnd || !/^\d+$/.test(digits)) {
        searched = at;
        return undefined;
      }
      const output = pending.subarray(0, at);
      pending = pending.subarray(end + 1);
      searched = 0;
      return { output, code: Number(digits) };
    },
    tooLarge: () => pending.length > answerLimitBytes + start.length + longestEnd,
  };
}

/** One line of shell that runs exactly these words; `nl` holds a line feed in the lane's shell. */
export function commandLine(argv: readonly string[], stdin: string | undefined): string {
  const command = stdin === undefined ? quoteArgv(argv) : `printf %s ${quoteText(stdin)} | { ${quoteArgv(argv)}; }`;
  // A line feed only ever stands inside single quotes here: the quotes are closed around it.
  return command.replaceAll("\n", `'"$nl"'`);
}

function quoteText(text: string): string {
  if (text.includes("\0")) throw new RangeError("text for standard input holds a NUL byte");
  return quoteWord(text);
}
