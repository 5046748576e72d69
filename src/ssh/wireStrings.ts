/** Reads up to `count` strings of SSH's wire form, each after its length; fewer where the bytes end early. */
export function readStrings(buffer: Buffer, count: number): Buffer[] {
  const strings: Buffer[] = [];
  let at = 0;
  while (strings.length < count && at + 4 <= buffer.length) {
    const end = at + 4 + buffer.readUInt32BE(at);
    if (end > buffer.length) break;
    strings.push(buffer.subarray(at + 4, end));
    at = end;
  }
  return strings;
}

/** A string of SSH's wire form. */
export function wireString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
