/** Bytes of a log by position: what a sender reads from. */
export interface LogBytes {
  /** Position of the first byte there is. */
  readonly from: number;
  /** Position behind the last one. */
  readonly end: number;
  /** The bytes in between, as far as they are there; memory of its own. */
  slice(from: number, to: number): Uint8Array<ArrayBuffer>;
}

export interface LogRing extends LogBytes {
  /** Appends a copy: the chunk's memory may be used again by whoever gave it. */
  add(chunk: Uint8Array): void;
}

/** The newest `capacity` bytes of a log that is read from position `from` on, in one piece of memory. */
export function createLogRing(from: number, capacity: number): LogRing {
  const ring = new Uint8Array(capacity);
  let first = from;
  let end = from;

  /** Position of the log to place in the ring. */
  const place = (position: number) => position % capacity;

  return {
    get from() {
      return first;
    },
    get end() {
      return end;
    },
    add(chunk) {
      const skipped = Math.max(0, chunk.length - capacity);
      const kept = chunk.subarray(skipped);
      const at = place(end + skipped);
      const fits = Math.min(kept.length, capacity - at);
      ring.set(kept.subarray(0, fits), at);
      ring.set(kept.subarray(fits), 0);
      end += chunk.length;
      first = Math.max(first, end - capacity);
    },
    slice(start, stop) {
      const low = Math.max(start, first);
      const high = Math.max(low, Math.min(stop, end));
      const bytes = new Uint8Array(high - low);
      const at = place(low);
      const fits = Math.min(bytes.length, capacity - at);
      bytes.set(ring.subarray(at, at + fits), 0);
      bytes.set(ring.subarray(0, bytes.length - fits), fits);
      return bytes;
    },
  };
}

/** Bytes that are all there. */
export function fixedBytes(from: number, bytes: Uint8Array): LogBytes {
  return { from, end: from + bytes.length, slice: (start, stop) => bytes.slice(start - from, stop - from) };
}
