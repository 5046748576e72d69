import { describe, expect, it } from "vitest";
import { signalName, signalOfStatus, signals } from "../../../src/core/jobs/read/signals";
import { sourceLinks } from "../../../src/shared/sourceLinks";

describe("references to source", () => {
  it.each<[string, string, [string, number, number?][]]>([
    ["CPython", '  File "/home/me/my project/train.py", line 41, in main', [["/home/me/my project/train.py", 41]]],
    ["CPython with a rank before", '[rank0]:   File "model.py", line 3, in forward', [["model.py", 3]]],
    ["pytest", "tests/test_x.py:3: AssertionError", [["tests/test_x.py", 3]]],
    ["a warning", "/opt/lib/torch/nn.py:120: UserWarning: slow", [["/opt/lib/torch/nn.py", 120]]],
    ["rich", "│ /home/me/train.py:41 in <module>                │", [["/home/me/train.py", 41]]],
    ["gcc", "src/kernel.cu:12:5: error: expected ';'", [["src/kernel.cu", 12, 5]]],
    ["nvcc", 'kernels/a.cu(12): error: identifier "x" is undefined', [["kernels/a.cu", 12]]],
    ["torchrun's report", "  traceback : [train.py:7]", [["train.py", 7]]],
    ["a logger", "2024-01-02 12:34:56 [trainer.py:88] step", [["trainer.py", 88]]],
    ["Windows paths from elsewhere", "C:\\code\\a.py:9: note", [["C:\\code\\a.py", 9]]],
    [
      "two in one line",
      "a.py:1: called from b.py:2",
      [
        ["a.py", 1],
        ["b.py", 2],
      ],
    ],
    ["home", "~/x/train.py:5", [["~/x/train.py", 5]]],
  ])("%s", (_name, line, expected) => {
    const links = sourceLinks(line);
    expect(
      links.map(({ path, line: row, column }) => (column === undefined ? [path, row] : [path, row, column])),
    ).toEqual(expected);
    for (const link of links) expect(line.slice(link.start, link.end)).toContain(link.path);
  });

  it.each([
    "12:34:56 started",
    "http://host.py:80/x",
    "torch 2.1.0:3",
    "train.py is running 3",
    "value.json: 3",
    "file.py:0: nothing",
    "",
  ])("none in %j", (line) => {
    expect(sourceLinks(line)).toEqual([]);
  });

  it.each([
    `${"a/".repeat(50_000)}x.py:1`,
    "a.".repeat(50_000),
    "[".repeat(100_000),
    'File "'.repeat(20_000),
    "a.py:1 ".repeat(20_000),
  ])("hostile lines cost little and give few", (line) => {
    expect(sourceLinks(line).length).toBeLessThanOrEqual(20);
  });
});

describe("signals", () => {
  it("have names, numbers and a meaning", () => {
    expect(signalName(9)).toBe("SIGKILL");
    expect([
      signalOfStatus(137),
      signalOfStatus(139),
      signalOfStatus(128),
      signalOfStatus(1),
      signalOfStatus(250),
    ]).toEqual(["SIGKILL", "SIGSEGV", undefined, undefined, undefined]);
    expect(new Set(Object.values(signals).map(({ number }) => number)).size).toBe(Object.keys(signals).length);
  });
});
