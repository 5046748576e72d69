import { PassThrough } from "node:stream";
import { extract } from "tar-stream";
import { describe, expect, it } from "vitest";
import { linkStaysInside, refusalOf, sameNameKey } from "../../../src/core/transfer/names";
import { createMeter } from "../../../src/core/transfer/progress";
import { tarEnd, tarHeader, tarPadding } from "../../../src/core/transfer/tarHeader";
import type { TransferProgress, TransferWarningReason, TreeEntry } from "../../../src/core/transfer/transfer";
import { warningSentence } from "../../../src/core/words/transfer";
import { createManualClock } from "../../mocks/manualClock";

describe("names from a host", () => {
  it.each(["", "/etc/passwd", "..", "a/../../b", "a/..", "./a", "a//b", "a/.", "a\0b", "a/"])(
    "never leave the folder: %j",
    (path) => {
      for (const os of ["linux", "darwin", "win32"] as const) expect(refusalOf(path, os)).toBe("leavesFolder");
    },
  );

  it.each([
    "C:\\x",
    "C:x",
    "\\\\server\\share\\x",
    "a\\..\\..\\b",
    "con",
    "NUL.txt",
    "d/AUX",
    "com1",
    "LPT9.log",
    "COM¹",
    "trailing.",
    "trailing ",
    "dir./x",
    "x:stream",
    "a?b",
    "a*b",
    'a"b',
    "a|b",
    "a<b",
    "bell\u0007",
    "conin$",
  ])("that Windows takes for something else are refused there: %j", (path) => {
    expect(refusalOf(path, "win32")).toBe("nameUnusableHere");
    expect(refusalOf(path, "linux")).toBeUndefined();
  });

  it.each(["console", "nul1", "com10", "a.con", "...a", "-rf", "..a", "日本.txt", "lpt"])(
    "that only look odd are taken: %j",
    (path) => {
      for (const os of ["linux", "darwin", "win32"] as const) expect(refusalOf(path, os)).toBeUndefined();
    },
  );

  it("that are not text, or look like our own unfinished files, are refused", () => {
    expect(refusalOf("a/\ufffd", "linux")).toBe("nameNotText");
    expect(refusalOf("a/.tensorline-0123456789abcdef", "linux")).toBe("nameUnusableHere");
  });

  it("that the client takes for the same are known", () => {
    for (const os of ["darwin", "win32"] as const) {
      expect(sameNameKey("A/b", os)).toBe(sameNameKey("a/B", os));
      expect(sameNameKey("e\u0301", os)).toBe(sameNameKey("\u00e9", os));
    }
    expect(sameNameKey("A", "linux")).not.toBe(sameNameKey("a", "linux"));
  });

  it.each([
    ["link", "file", true],
    ["d/link", "../file", true],
    ["d/link", "./e/../f", true],
    ["link", "../file", false],
    ["d/link", "../../x", false],
    ["link", "/etc/passwd", false],
    ["link", "C:\\x", false],
    ["link", "a\\..\\..\\x", false],
    ["link", "", false],
    ["link", "a\nb", false],
    ["d/link", "e/../../../x", false],
  ] as const)("as a link %s to %s stay inside: %s", (path, target, stays) => {
    expect(linkStaysInside(path, target)).toBe(stays);
  });
});

it("archives are read back by another reader, whatever the names", async () => {
  const entries: TreeEntry[] = [
    { kind: "folder", path: "d", mode: 0o750 },
    { kind: "file", path: "d/日本語", size: 700, mtime: 1_700_000_000, mode: 0o755 },
    { kind: "file", path: `${"long".repeat(60)}/x`, size: 0, mtime: 0, mode: 0o600 },
    { kind: "file", path: "a".repeat(100), size: 1, mtime: 8_589_934_591, mode: 0o644 },
    { kind: "link", path: "link", target: `${"up/".repeat(50)}x` },
  ];
  const archive = new PassThrough();
  for (const entry of entries) {
    archive.write(tarHeader(entry));
    if (entry.kind === "file") archive.write(Buffer.concat([Buffer.alloc(entry.size, 1), tarPadding(entry.size)]));
  }
  archive.end(tarEnd);
  const seen: TreeEntry[] = [];
  for await (const { header, ...entry } of archive.pipe(extract()) as unknown as AsyncIterable<
    import("tar-stream").Entry
  >) {
    void entry;
    const { name, type, size = 0, mode = 0, mtime = new Date(0), linkname } = header;
    const path = name.replace(/\/$/, "");
    if (type === "directory") seen.push({ kind: "folder", path, mode });
    else if (type === "symlink") seen.push({ kind: "link", path, target: linkname ?? "" });
    else seen.push({ kind: "file", path, size, mode, mtime: mtime.getTime() / 1000 });
  }
  expect(seen).toEqual(entries);
});

it("progress is told at most ten times a second, and at the end", () => {
  const clock = createManualClock();
  const told: TransferProgress[] = [];
  const meter = createMeter(clock, { totalBytes: 1000, totalFiles: 1 }, (progress) => told.push(progress));
  for (let step = 0; step < 1000; step++) {
    meter.bytes(1);
    clock.advance(1);
  }
  meter.file("a");
  meter.finish();
  expect(told.length).toBeLessThanOrEqual(12);
  expect(told.at(-1)).toEqual({ doneBytes: 1000, totalBytes: 1000, doneFiles: 1, totalFiles: 1, current: "a" });
});

it("warnings are sentences without control characters", () => {
  const reasons: TransferWarningReason[] = ["lineBreakInName", "leavesFolder", "linkLeaves", "changedMeanwhile"];
  for (const reason of reasons) {
    const text = warningSentence({ path: "a\u001b[31m\nb", reason });
    expect(text).toMatch(/^[^\u0000-\u001f]+\.$/);
  }
});
