/** SSH's data types (RFC 4251 section 5), as far as the system's ssh and its agent are spoken to. */

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

export function byte(value: number): Buffer {
  return Buffer.from([value]);
}

export function string(value: string | Uint8Array): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** Reads values one after the other; throws a RangeError where a message is cut off. */
export interface WireReader {
  byte(): number;
  uint32(): number;
  bytes(): Buffer;
  string(): string;
}

export function wireReader(message: Buffer): WireReader {
  let at = 0;
  const bytes = () => {
    const length = message.readUInt32BE(at);
    const end = at + 4 + length;
    if (end > message.length) throw new RangeError("a message is cut off");
    const value = message.subarray(at + 4, end);
    at = end;
    return value;
  };
  return {
    byte: () => message.readUInt8(at++),
    uint32() {
      const value = message.readUInt32BE(at);
      at += 4;
      return value;
    },
    bytes,
    string: () => bytes().toString("utf8"),
  };
}

/** Cuts messages that begin with their length out of a stream; `onMessage` gets each without the length. */
export function messageCutter(limitBytes: number, onMessage: (message: Buffer) => void): (chunk: Buffer) => void {
  let pending: Buffer[] = [];
  let size = 0;
  return (chunk) => {
    pending.push(chunk);
    size += chunk.length;
    while (size >= 4) {
      const first = pending[0];
      const whole = first !== undefined && first.length >= 4 ? first : Buffer.concat(pending);
      if (whole !== first) pending = [whole];
      const length = whole.readUInt32BE(0);
      if (length > limitBytes) throw new RangeError("a message is too long");
      if (size < 4 + length) return;
      const all = whole.length >= 4 + length ? whole : Buffer.concat(pending);
      if (all !== whole) pending = [all];
      const rest = all.subarray(4 + length);
      pending[0] = rest;
      if (rest.length === 0) pending.shift();
      size -= 4 + length;
      onMessage(all.subarray(4, 4 + length));
    }
  };
}
