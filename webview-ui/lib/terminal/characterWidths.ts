import type { IUnicodeVersionProvider } from "@xterm/xterm";

/** What takes no room of its own: marks, and what only steers how text is written. */
const NO_ROOM = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u1160-\u11ff]$/u;
/**
 * East Asian wide and full-width characters, and what is shown as an emoji by itself; not the letters that only as a pair make
 * a flag.
 */
const WIDE =
  /^(?:(?![\u{1f1e6}-\u{1f1ff}])\p{Emoji_Presentation}|[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}])$/u;

/** Below it every printable character is one cell wide. */
const FIRST_OTHER = 0x300;
const CACHED = 0x20000;

/** How many cells a character takes, by the Unicode version of the browser: xterm.js itself knows no emoji. */
export function characterWidths(): IUnicodeVersionProvider {
  // 0: not asked for yet, else one more than the width.
  const cache = new Uint8Array(CACHED);

  function wcwidth(codepoint: number): 0 | 1 | 2 {
    if (codepoint < 0x20 || (codepoint >= 0x7f && codepoint < 0xa0)) return 0;
    if (codepoint < FIRST_OTHER) return 1;
    const known = cache[codepoint] ?? 0;
    if (known > 0) return (known - 1) as 0 | 1 | 2;
    const character = String.fromCodePoint(codepoint);
    const width = WIDE.test(character) ? 2 : NO_ROOM.test(character) ? 0 : 1;
    if (codepoint < CACHED) cache[codepoint] = width + 1;
    return width;
  }

  return {
    version: "browser",
    wcwidth,
    // As xterm.js's own: from the second bit on the width, in the first whether it joins what precedes.
    charProperties(codepoint, preceding) {
      const width = wcwidth(codepoint);
      const before = (preceding >> 1) & 3;
      const joins = width === 0 && preceding !== 0 && before !== 0;
      return ((joins ? before : width) << 1) | (joins ? 1 : 0);
    },
  };
}
