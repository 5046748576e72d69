const printable = (byte: number) => byte >= 0x20 && byte < 0x7f && byte !== 0x5c;

/**
 * Bytes as single-line ASCII texts for `printf %b`, each at most `limit` characters long. A text neither begins nor ends
 * with a space, which `read` would drop.
 */
export function escapedTexts(bytes: Uint8Array, limit: number): string[] {
  const texts: string[] = [];
  let parts: string[] = [];
  let length = 0;
  for (const byte of bytes) {
    const part = printable(byte) ? String.fromCharCode(byte) : octal(byte);
    if (length + part.length > limit) {
      texts.push(protectEnds(parts));
      parts = [];
      length = 0;
    }
    parts.push(part);
    length += part.length;
  }
  if (parts.length > 0) texts.push(protectEnds(parts));
  return texts;
}

function protectEnds(parts: readonly string[]): string {
  return parts.join("").replace(/^ | $/g, octal(0x20));
}

function octal(byte: number): string {
  return `\\0${byte.toString(8).padStart(3, "0")}`;
}
