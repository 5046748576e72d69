/** How a piece of output ended: `\n`, `\r` (it will be written over), or not yet. */
export type LineEnd = "line" | "rewrite" | "pending";

export interface Lines {
  feed(chunk: Uint8Array): void;
  /** Bytes were left out here: what stands up to the next end of a line may be half of one, and is not handed on. */
  gap(): void;
}

/** Bytes of one line that are looked at; the rest of it is skipped. */
export const LINE_BYTES = 8192;

/** What bytes a line holds, so that a reader need not look at lines that cannot matter to it. */
export const HAS = { digit: 1, mark: 2, slash: 4, capital: 8, foreign: 16, control: 32 } as const;

/** A byte that ends a line; above all flags. */
const END = 128;

const kinds = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  const letter = String.fromCharCode(byte);
  if (byte === 10 || byte === 13) kinds[byte] = END;
  else if (byte >= 0x80) kinds[byte] = HAS.foreign;
  else if ((byte < 0x20 && byte !== 9) || byte === 0x7f) kinds[byte] = HAS.control;
  else if (/[0-9]/.test(letter)) kinds[byte] = HAS.digit;
  else if (/[:=]/.test(letter)) kinds[byte] = HAS.mark;
  else if (/[/%]/.test(letter)) kinds[byte] = HAS.slash;
  // One of these is in `Traceback` and in every name of a lack of GPU memory.
  else if (/[MOPTU]/.test(letter)) kinds[byte] = HAS.capital;
}
const WORTH = HAS.digit | HAS.mark;

/**
 * Cuts output into what a person would see as lines, escape sequences and control characters removed. Takes any split of
 * the bytes and any bytes; `has` are flags of `HAS`. Only lines that hold a digit, `:` or `=` are handed on: no reader wants
 * others, and they cost nothing but the look at their bytes. A line that has no end yet is handed on as `pending` after
 * each chunk, and again when it grew.
 */
export function createLines(sink: (text: string, end: LineEnd, has: number) => void): Lines {
  const held = Buffer.alloc(LINE_BYTES);
  let heldLength = 0;
  let heldKinds = 0;
  let isHalf = false;

  const hold = (bytes: Uint8Array, from: number, to: number) => {
    const end = Math.min(to, from + LINE_BYTES - heldLength);
    held.set(bytes.subarray(from, end), heldLength);
    heldLength += end - from;
  };
  const hand = (text: string, seen: number, end: LineEnd) =>
    sink((seen & (HAS.control | HAS.foreign)) === 0 ? text : plain(text), end, seen);

  return {
    feed(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const text = bytes.toString("latin1");
      let start = 0;
      let seen = heldKinds;
      for (let at = 0; at < bytes.length; at++) {
        const kind = kinds[bytes[at] as number] as number;
        if (kind < END) {
          seen |= kind;
          continue;
        }
        if ((seen & WORTH) !== 0 && !isHalf) {
          const end = bytes[at] === 10 ? "line" : "rewrite";
          if (heldLength > 0) {
            hold(bytes, start, at);
            hand(held.toString("utf8", 0, heldLength), seen, end);
          } else {
            const last = Math.min(at, start + LINE_BYTES);
            hand((seen & HAS.foreign) === 0 ? text.slice(start, last) : bytes.toString("utf8", start, last), seen, end);
          }
        }
        isHalf = false;
        heldLength = 0;
        seen = 0;
        start = at + 1;
      }
      hold(bytes, start, bytes.length);
      heldKinds = seen;
      if (heldLength > 0 && (seen & WORTH) !== 0 && !isHalf)
        hand(held.toString("utf8", 0, heldLength), seen, "pending");
    },
    gap() {
      isHalf = true;
      heldLength = 0;
      heldKinds = 0;
    },
  };
}

/** Text without escape sequences and control characters; tabs stay. */
export function plain(text: string): string {
  return text
    .replace(
      /\u001b\[[0-9;:?<=>]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?/g,
      "",
    )
    .replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "");
}

/**
 * A piece of a log as a terminal would leave it: what was written over by carriage returns is gone. For a piece of at
 * most some hundred KiB.
 */
export function visibleLines(text: string): string[] {
  return text.split("\n").map((line) => {
    let shown = "";
    for (const part of line.slice(-4 * LINE_BYTES).split("\r")) {
      const fresh = plain(part);
      shown = /\u001b\[[012]?K/.test(part) ? fresh : fresh + shown.slice(fresh.length);
    }
    return shown.trimEnd();
  });
}
