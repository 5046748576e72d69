/** What a probe's byte stream is made of. */
export interface FrameSink {
  /** A record of the probe: its type and payload. */
  record(type: string, payload: string): void;
  /** One line of a loop tool's own output, without its end. */
  line(text: string): void;
  /** A line or record longer than the limit was dropped. */
  tooLong(what: "line" | "record"): void;
}

const recordStart = 0x1e;
const recordEnd = 0x1f;
const lineEnd = 0x0a;
const limitBytes = 64 * 1024;

/**
 * Cuts a probe's output into records and lines, in chunks of any size. A record may stand in the middle of a line; the
 * line goes on behind it. Memory is bounded: what is longer than 64 KiB is dropped up to its end.
 */
export function createFrames(nonce: string, sink: FrameSink): { push(chunk: Uint8Array): void } {
  const marker = Buffer.from(`\u001e${nonce} `);
  const line = createPart();
  const record = createPart();
  let inRecord = false;
  let undecided: Buffer = Buffer.alloc(0);

  function push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const data = undecided.length > 0 ? Buffer.concat([undecided, bytes]) : bytes;
    undecided = Buffer.alloc(0);
    let at = 0;
    while (at < data.length) {
      const start = data.indexOf(recordStart, at);
      const stop = inRecord ? data.indexOf(recordEnd, at) : -1;
      if (inRecord && stop >= 0 && (start < 0 || stop < start)) {
        record.add(data.subarray(at, stop));
        finishRecord();
        at = stop + 1;
        continue;
      }
      const end = start < 0 ? data.length : start;
      if (inRecord) record.add(data.subarray(at, end));
      else addToLine(data.subarray(at, end));
      if (start < 0) return;
      const ahead = data.subarray(start, start + marker.length);
      if (marker.subarray(0, ahead.length).equals(ahead)) {
        if (ahead.length < marker.length) {
          // Copied, because the caller may use the chunk's memory again.
          undecided = Buffer.from(ahead);
          return;
        }
        // A record inside another one: the outer one was cut, so it is given up.
        record.clear();
        inRecord = true;
        at = start + marker.length;
      } else {
        at = start + 1;
      }
    }
  }

  function finishRecord(): void {
    inRecord = false;
    const text = record.take();
    if (text === undefined) {
      sink.tooLong("record");
      return;
    }
    const space = text.indexOf(" ");
    sink.record(space < 0 ? text : text.slice(0, space), space < 0 ? "" : text.slice(space + 1));
  }

  function addToLine(bytes: Buffer): void {
    let at = 0;
    for (let end = bytes.indexOf(lineEnd); end >= 0; end = bytes.indexOf(lineEnd, at)) {
      line.add(bytes.subarray(at, end));
      at = end + 1;
      const text = line.take();
      if (text === undefined) sink.tooLong("line");
      else sink.line(text.endsWith("\r") ? text.slice(0, -1) : text);
    }
    line.add(bytes.subarray(at));
  }

  return { push };
}

/** A piece of text that arrives in parts; decoded only when whole, so that no character is cut. */
function createPart() {
  let parts: Buffer[] = [];
  let length = 0;
  return {
    add(bytes: Buffer): void {
      if (bytes.length === 0) return;
      length += bytes.length;
      // Copied, because the caller may use the chunk's memory again.
      if (length > limitBytes) parts = [];
      else parts.push(Buffer.from(bytes));
    },
    /** The text, and starts anew; undefined where it was too long. */
    take(): string | undefined {
      const text = length > limitBytes ? undefined : Buffer.concat(parts).toString("utf8");
      this.clear();
      return text;
    },
    clear(): void {
      parts = [];
      length = 0;
    },
  };
}
