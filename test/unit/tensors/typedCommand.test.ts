import { expect, it } from "vitest";
import { typedCommand } from "../../../src/core/tensors/terminal/typedCommand";

it.each([
  ["as the shell tells it", "python train.py --lr 3e-4", "\u001b[31mpython\u001b[0m", "python train.py --lr 3e-4"],
  ["as it was echoed", undefined, "python x.py\r\n\u001b[?2004l\r\u001b]633;C\u0007", "python x.py"],
  ["over the end of a row", undefined, "cd /tmp/a/long/pa \rth; python x.py\r\n", "cd /tmp/a/long/path; python x.py"],
  ["over the end of a row, typed fast", undefined, "\u001b[Kls /a/lin\rne/x\r\n", "ls /a/line/x"],
  ["with characters taken back", undefined, "pythpn\b\u001b[K\b\u001b[Kon\u0007 x.py\r\n", "python x.py"],
  ["with characters taken back by blanks", undefined, "lss\b \b\r\n", "ls"],
  ["not edited elsewhere", undefined, "ython x.py\u001b[10Dp\r\n", undefined],
  ["not found elsewhere", undefined, "\r(reverse-i-search)`py': python x.py\r\n", undefined],
  ["not of several lines", "for x in 1 2; do\necho $x; done", "", undefined],
  ["not where nothing was typed", undefined, "\r\n", undefined],
])("a typed command is known %s", (_, told, echo, command) => {
  expect(typedCommand(told, echo)).toBe(command);
});
