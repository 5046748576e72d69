/** Output that wants to do something to whoever shows it, around lines that must be there all the same. */
export function hostileOutput(): Uint8Array {
  const text = new TextEncoder();
  const parts: (string | readonly number[])[] = [
    "first line\r\n",
    // Title, icon name, working folder, clipboard (write and read), colours (set and ask), a notification, a hyperlink that is none.
    "\u001b]0;owned\u0007\u001b]2;owned\u001b\\\u001b]1;owned\u0007\u001b]7;file://evil/etc\u0007",
    "\u001b]52;c;b3duZWQ=\u0007\u001b]52;c;?\u0007\u001b]4;1;?\u0007\u001b]10;?\u0007\u001b]11;#000000\u0007\u001b]10;#000000\u0007",
    "\u001b]9;owned\u0007\u001b]777;notify;owned;owned\u0007\u001b]1337;File=inline=1:AAAA\u0007",
    "\u001b]8;;javascript:alert(1)\u0007click me\u001b]8;;\u0007 \u001b]8;;vscode://evil\u0007and me\u001b]8;;\u0007\r\n",
    // Queries that a terminal answers.
    "\u001b[c\u001b[>c\u001b[=c\u001b[5n\u001b[6n\u001b[?6n\u001b[>q\u001b[?2026$p\u001bP$qm\u001b\\\u001bP+q544e\u001b\\\u001b[x\u001b[18t\u001b[21t\u0005",
    // Window operations, mouse and paste modes, the other screen, erasing what has gone by, resets, insert mode, reverse.
    "\u001b[3;0;0t\u001b[8;1;1t\u001b[2t\u001b[?1000h\u001b[?1006h\u001b[?1004h\u001b[?2004h\u001b[?1049h\u001b[3J\u001bc\u001b[!p\u001b[4h\u001b[?5h\u001b[?2026h",
    // Counts that would never end.
    "x\u001b[2147483647b\u001b[2147483647S\u001b[2147483647T\u001b[2147483647L\u001b[2147483647M\u001b[2147483647I\u001b[2147483647Z\u001b[2147483647@",
    "\r\n",
    // Invalid UTF-8, NUL, C1 controls, text that turns direction, many marks on one letter.
    [0xff, 0xfe, 0xc3, 0x28, 0xe2, 0x82, 0x00, 0x00, 0xf0, 0x9f, 0x0a],
    "\u009b31m\u0085\u202etfel ot thgir\u202c\r\n",
    `${"a\u0301".repeat(3)}${"\u0302".repeat(5000)}\r\n`,
    // Hidden, and in the colour of the background.
    "\u001b[8mhidden\u001b[0m \u001b[38;2;31;31;31mdark\u001b[0m\r\n",
    "<img src=x onerror=alert(1)><script>alert(1)</script>\r\n",
    // One line of two million characters, and a sequence that never ends.
    `${"long".repeat(500_000)}\r\n`,
    "last line\r\n",
    "\u001b]0;never ends",
  ];
  const chunks = parts.map((part) => (typeof part === "string" ? text.encode(part) : new Uint8Array(part)));
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
