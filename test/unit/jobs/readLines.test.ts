import { describe, expect, it } from "vitest";
import { createLines, LINE_BYTES, plain, visibleLines } from "../../../src/core/jobs/read/lines";
import { createOutputReader } from "../../../src/core/jobs/read/output";

/** Whole lines of a text that is fed in pieces of so many bytes. */
function lines(bytes: Uint8Array, size: number): [string, string][] {
  const seen: [string, string][] = [];
  const reader = createLines((text, end) => {
    if (end !== "pending") seen.push([text, end]);
  });
  for (let at = 0; at < bytes.length; at += size) reader.feed(bytes.subarray(at, at + size));
  return seen;
}

describe("lines", () => {
  it("are the same whatever the split, through characters, sequences and line ends", () => {
    const text = Buffer.from("a=1\r\n\x1b[31mü: 2\x1b[0m\rprose alone\n\r█=3\x1b]0;evil=4\x07 end\nno end 5");
    const whole = lines(text, 1000);
    expect(whole).toEqual([
      ["a=1", "rewrite"],
      ["ü: 2", "rewrite"],
      ["█=3 end", "line"],
    ]);
    for (const size of [1, 2, 3, 5, 11]) expect(lines(text, size)).toEqual(whole);
  });

  it("are bounded, and what is too long does not hide what follows", () => {
    const long = Buffer.concat([Buffer.from("x=1"), Buffer.alloc(5_000_000, 0x41), Buffer.from("\ny=2\n")]);
    for (const size of [long.length, 65_536, 4099]) {
      const seen = lines(long, size);
      expect(seen.map(([text]) => text.length)).toEqual([LINE_BYTES, 3]);
    }
  });

  it("take NUL, bytes that are no UTF-8, and sequences without end", () => {
    expect(lines(Buffer.from([0x61, 0, 0x3d, 0xff, 0xfe, 0x31, 10]), 3)).toEqual([["a=\ufffd\ufffd1", "line"]]);
    expect(lines(Buffer.from("1\x1b[999999999"), 4)).toEqual([]);
    expect(plain("a\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\b\x1b[?25l\x1bcd\u202e")).toBe("alinkbd");
  });

  it("that were cut by a gap are not read, neither end of them", () => {
    const seen: string[] = [];
    const reader = createLines((text, end) => end !== "pending" && seen.push(text));
    reader.gap();
    reader.feed(Buffer.from("ss: 1\nloss: 2\nloss: 0."));
    reader.gap();
    for (const piece of ["53 loss: ", "4\rlo", "ss: 5\n"]) reader.feed(Buffer.from(piece));
    expect(seen).toEqual(["loss: 2", "loss: 5"]);
  });

  it("tell a line that has no end yet again when it grew", () => {
    const seen: string[] = [];
    const reader = createLines((text, end) => seen.push(`${end} ${text}`));
    for (const piece of ["\r 45%|", "# | 1", "/2\r"]) reader.feed(Buffer.from(piece));
    expect(seen).toEqual(["pending  45%|", "pending  45%|# | 1", "rewrite  45%|# | 1/2"]);
  });
});

describe("what a person sees", () => {
  it.each([
    ["10%\r20%\r30%\ndone\n", ["30%", "done", ""]],
    ["longer text\rshort\n", ["shortr text", ""]],
    ["longer text\r\x1b[Kshort", ["short"]],
    ["line\r\nnext\r\n", ["line", "next", ""]],
    ["\x1b[31mred\x1b[0m  ", ["red"]],
  ])("%j", (text, shown) => {
    expect(visibleLines(text)).toEqual(shown);
  });
});

describe("hostile output", () => {
  it.each([
    ["bars without end", "1%|".repeat(400_000)],
    ["digits", "1/".repeat(500_000)],
    ["names", `loss=${"a=1 ".repeat(250_000)}`],
    ["blanks", `epoch${" ".repeat(1_000_000)}1/2`],
    ["carriage returns", "\r1=".repeat(300_000)],
    ["escapes", "\x1b[1".repeat(250_000)],
    ["many short lines of names", "loss_a=1 b=2 c=3\n".repeat(20_000)],
  ])("%s: is read, leaves little behind, and does not hide what follows", (_name, text) => {
    const reader = createOutputReader({ monotonic: () => 0 });
    reader.feed(Buffer.from(text));
    reader.feed(Buffer.from("\nstep 5/10 val_loss: 0.25\n"));
    expect(reader.progress()).toMatchObject({ done: 5, total: 10 });
    expect(reader.metrics().find(({ name }) => name === "val_loss")?.points).toEqual([[5, 0.25]]);
  });

  it("of many names keeps few series", () => {
    const reader = createOutputReader({ monotonic: () => 0 });
    for (let at = 0; at < 5000; at++) reader.feed(Buffer.from(`step ${at} loss_${at}=1.5\n`));
    expect(reader.metrics().length).toBeLessThanOrEqual(24);
  });
});
