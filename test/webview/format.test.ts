import { describe, expect, it } from "vitest";
import {
  celsius,
  interval,
  memory,
  memoryPair,
  percent,
  plainText,
  powerPair,
  share,
  shortGpuName,
  span,
  watts,
} from "../../webview-ui/lib/format";
import { GIB, gib } from "./samples";

describe("numbers", () => {
  it("shows what is not known as a dash, never as 0 or NaN", () => {
    expect([percent(undefined), percent(null), percent(Number.NaN), watts(undefined), celsius(undefined)]).toEqual(
      Array(5).fill("–"),
    );
    expect(memory(undefined)).toBe("–");
    expect(memoryPair(undefined, undefined)).toBe("–");
    expect(memoryPair(undefined, 80 * GIB)).toBe("– / 80 GB");
    expect(powerPair(undefined, 700)).toBe("–");
    expect(span(undefined)).toBe("–");
    expect(span(-5)).toBe("–");
    expect(share(undefined, 1)).toBeUndefined();
    expect(share(1, 0)).toBeUndefined();
  });

  it("keeps a true zero", () => {
    expect(percent(0)).toBe("0 %");
    expect(memoryPair(0, 80 * GIB)).toBe("0 / 80 GB");
    expect(powerPair(0, 700)).toBe("0 / 700 W");
  });

  it("has one unit a column and digits that depend on the total alone", () => {
    expect(memoryPair(71 * GIB, gib(79.65))).toBe("71 / 80 GB");
    expect(memoryPair(4 * GIB, gib(9.75))).toBe("4.0 / 9.8 GB");
    expect(memoryPair(gib(15.2), 24 * GIB)).toBe("15 / 24 GB");
    expect(memoryPair(3 * GIB, undefined)).toBe("3.0 GB");
    expect(powerPair(612.4, 700)).toBe("612 / 700 W");
    expect(powerPair(612.4, undefined)).toBe("612 W");
  });

  it("says spans in their largest unit", () => {
    expect([12.9, 60, 3599, 7200, 200_000].map(span)).toEqual(["12 s", "1 min", "59 min", "2 h", "2 d"]);
    expect([100, 1000, 60_000].map(interval)).toEqual(["100 ms", "1 s", "60 s"]);
  });
});

describe("plainText", () => {
  it("drops terminal sequences and shows where control and direction characters stood", () => {
    expect(plainText("\u001b[31mred\u001b[0m \u001b]0;title\u0007x")).toBe("red x");
    expect(plainText("a\u202Eb\u0000c\u2066d\u009bx")).toBe("a\ufffdb\ufffdc\ufffdd\ufffdx");
    expect(plainText("one\r\n\ttwo")).toBe("one two");
  });

  it("cuts ten kilobytes without cutting a character in two", () => {
    expect(plainText("x".repeat(10_000), 20)).toBe(`${"x".repeat(20)}…`);
    expect(plainText("𝔘".repeat(50), 3)).toBe("𝔘𝔘𝔘…");
  });
});

it("calls GPUs what people call them", () => {
  const names = [
    ["NVIDIA H100 80GB HBM3", "H100 80GB"],
    ["NVIDIA A100-SXM4-80GB", "A100 80GB"],
    ["Tesla T4", "T4"],
    ["NVIDIA GeForce RTX 4090", "RTX 4090"],
    ["NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada"],
    ["AMD Instinct MI300X OAM", "MI300X"],
    ["AMD Radeon RX 7900 XTX", "RX 7900 XTX"],
    ["AMD Radeon Graphics", "AMD Radeon Graphics"],
  ];
  expect(names.map(([name]) => shortGpuName(name ?? ""))).toEqual(names.map(([, short]) => short));
});
