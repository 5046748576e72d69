import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock";
import { isFailure } from "../../src/core/failure";
import type { TransferProgress } from "../../src/core/transfer/transfer";
import { createTransfers } from "../../src/core/transfer/transfers";
import { some } from "./operationHost";
import { hosts, leftovers, newFolder, noAbort, readTree, transfers, writeTree } from "./transferHost";

const options = { signal: noAbort };
const mib = 1024 * 1024;
const weird = {
  "plain.txt": "hello",
  "with space and 'quotes\" $HOME `x`": "a",
  "-rf": "dash",
  "--help": "dashes",
  "Grüße/日本語 🚀.py": "unicode",
  "back\\slash": "b",
  "glob*?[a]": "g",
  ".hidden": "h",
  "empty file": "",
  "empty folder/": "",
  "deep/er/and/deeper/file": "d",
  [`${"long".repeat(40)}/${"name".repeat(50)}`]: "long",
  "run.sh": { text: "#!/bin/sh\n", mode: 0o755 },
  private: { text: "p", mode: 0o600, mtime: 1_234_567_890 },
  "medium.bin": { text: Buffer.alloc(3 * mib + 17, 7) },
};

describe.each(some(hosts, "dash", "busybox"))("files on a host with $name", ({ runner }) => {
  it("go there and come back as they were, whatever their names, sizes, modes and times", async () => {
    const [from, there, back] = [newFolder(), newFolder(), newFolder()];
    writeTree(from, weird);
    symlinkSync("plain.txt", join(from, "link"));
    symlinkSync("../plain.txt", join(from, "deep/up"));
    const up = await transfers.upload(runner, { from, to: join(there, "new/place") }, options);
    expect(up.warnings).toEqual([]);
    expect(readTree(join(there, "new/place"))).toEqual(readTree(from));
    const down = await transfers.download(runner, { from: join(there, "new/place"), to: join(back, "x") }, options);
    expect(down.warnings).toEqual([]);
    expect(readTree(join(back, "x"))).toEqual(readTree(from));
    expect([...leftovers(there), ...leftovers(back)]).toEqual([]);
  });

  it("are brought into a folder that is there, beside what else is in it, and only when they changed", async () => {
    const [from, to] = [newFolder(), newFolder()];
    writeTree(from, { "a/one": "1", "a/new/two": "2", "a/exec": { text: "x", mode: 0o755 }, three: "3" });
    writeTree(to, { "a/one": { text: "old", mtime: 1 }, "a/mine": "m", "a/exec": { text: "x", mode: 0o644 } });
    const first = await transfers.upload(runner, { from, to }, options);
    expect(first.files).toBe(4);
    expect(readTree(to)).toMatchObject({ ...readTree(from), "a/mine": expect.stringMatching(/^file/) });
    const second = await transfers.upload(runner, { from, to }, options);
    expect(second).toMatchObject({ files: 0, bytes: 0 });
    writeTree(from, { three: { text: "4", mtime: 1_700_000_001 } });
    const third = await transfers.upload(runner, { from, to }, options);
    expect(third).toMatchObject({ files: 1, bytes: 1 });
    expect(leftovers(to)).toEqual([]);
  });

  it("are replaced by rename: who reads the old one keeps it", async () => {
    const [from, to, back] = [newFolder(), newFolder(), newFolder()];
    const big = Buffer.alloc(33 * mib, "n");
    writeTree(from, { small: "new", big: { text: big } });
    writeTree(to, { small: { text: "old", mtime: 1 }, big: { text: "old", mtime: 1 } });
    writeTree(back, { small: { text: "old", mtime: 1 }, big: { text: "old", mtime: 1 } });
    for (const move of [
      { folder: to, run: () => transfers.upload(runner, { from, to }, options) },
      { folder: back, run: () => transfers.download(runner, { from: to, to: back }, options) },
    ]) {
      const open = ["small", "big"].map((name) => openSync(join(move.folder, name), "r"));
      const inodes = ["small", "big"].map((name) => statSync(join(move.folder, name)).ino);
      await move.run();
      for (const [index, name] of ["small", "big"].entries()) {
        const old = Buffer.alloc(10);
        expect(readSync(open[index] ?? -1, old, 0, 10, 0)).toBe(3);
        expect(old.toString("utf8", 0, 3)).toBe("old");
        expect(statSync(join(move.folder, name)).ino).not.toBe(inodes[index]);
        closeSync(open[index] ?? -1);
      }
      expect(readFileSync(join(move.folder, "big")).equals(big)).toBe(true);
      expect(leftovers(move.folder)).toEqual([]);
    }
  });

  it("with a line break in the name are left out and named", async () => {
    const [from, to, back] = [newFolder(), newFolder(), newFolder()];
    writeTree(from, { "a\nb": "x", ok: "y" });
    const up = await transfers.upload(runner, { from, to }, options);
    expect(up.warnings).toEqual([{ path: "a\nb", reason: "lineBreakInName" }]);
    expect(Object.keys(readTree(to))).toEqual(["ok"]);
    const down = await transfers.download(runner, { from, to: back }, options);
    expect(down.warnings).toEqual([{ path: "a?b", reason: "lineBreakInName" }]);
    expect(Object.keys(readTree(back))).toEqual(["ok"]);
  });

  it("can be single, under another name, in the home folder", async () => {
    const [from, back] = [newFolder(), newFolder()];
    const to = newFolder();
    writeTree(from, { one: { text: "1", mode: 0o700 } });
    await transfers.upload(runner, { from: join(from, "one"), to: join(to, "x/two") }, options);
    expect(readTree(to)).toEqual({ x: "folder", "x/two": readTree(from).one });
    await transfers.upload(runner, { from: join(from, "one"), to: join(to, "x/two") }, options);
    await transfers.download(runner, { from: join(to, "x/two"), to: join(back, "y/three") }, options);
    expect(readTree(back)).toEqual({ y: "folder", "y/three": readTree(from).one });
  });

  it("lose special bits and special kinds on the way back", async () => {
    const [there, to] = [newFolder(), newFolder()];
    writeTree(there, { tool: "t" });
    chmodSync(join(there, "tool"), 0o6755);
    execFileSync("mkfifo", [join(there, "pipe")]);
    const { warnings } = await transfers.download(runner, { from: there, to }, options);
    expect(warnings).toEqual([{ path: "pipe", reason: "specialFile" }]);
    expect(readTree(to).tool).toMatch(/^file 755 /);
  });

  it("that lead out by a link are left out, both ways", async () => {
    const [from, to, back, secret] = [newFolder(), newFolder(), newFolder(), newFolder()];
    writeTree(from, { "in/file": "f" });
    symlinkSync(secret, join(from, "absolute"));
    symlinkSync("../../x", join(from, "in/out"));
    const up = await transfers.upload(runner, { from, to }, options);
    const left = [
      { path: "absolute", reason: "linkLeaves" },
      { path: "in/out", reason: "linkLeaves" },
    ];
    expect(up.warnings).toEqual(left);
    const down = await transfers.download(runner, { from, to: back }, options);
    expect([...down.warnings].sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual(left);
    expect(readTree(back)).toEqual(readTree(to));
  });

  it("are not written through a link that is here", async () => {
    const [there, to, elsewhere] = [newFolder(), newFolder(), newFolder()];
    writeTree(there, { "a/b": "x", c: "y" });
    symlinkSync(elsewhere, join(to, "a"));
    const { warnings } = await transfers.download(runner, { from: there, to }, options);
    expect(warnings.map(({ reason }) => reason)).toContain("throughLink");
    expect(readTree(elsewhere)).toEqual({});
    expect(readFileSync(join(to, "c"), "utf8")).toBe("y");
  });

  it("whose place is taken by something of another kind are left out, and the rest goes on", async () => {
    const [from, to] = [newFolder(), newFolder()];
    writeTree(from, { "a/b": "1", c: "2", d: "3" });
    writeTree(to, { a: "file", "c/x": "folder" });
    const { warnings } = await transfers.upload(runner, { from, to }, options);
    expect(warnings).toEqual([
      { path: "c", reason: "inTheWay" },
      { path: "a", reason: "inTheWay" },
    ]);
    expect(Object.keys(readTree(to))).toEqual(["a", "c", "c/x", "d"]);
  });

  it("are deleted only when asked, only where they are not ignored, and never through a link", async () => {
    const [from, to, elsewhere] = [newFolder(), newFolder(), newFolder()];
    writeTree(from, { ".gitignore": "*.log\nout/\n", keep: "k" });
    writeTree(to, {
      "old/a b": "1",
      "old/deep/'q'": "2",
      "x.log": "3",
      "out/model": "4",
      "mix/a.log": "5",
      "mix/b": "6",
    });
    writeTree(elsewhere, { safe: "s" });
    mkdirSync(join(to, ".git"));
    symlinkSync(elsewhere, join(to, "away"));
    await transfers.sync(runner, { from, to }, options);
    expect(Object.keys(readTree(to))).toContain("old/deep/'q'");
    const plan = await transfers.planUpload(runner, { from, to, ignore: true, delete: true }, noAbort);
    expect([...plan.delete].sort()).toEqual(["away", "mix/b", "old/a b", "old/deep/'q'"]);
    expect(plan.upload).toEqual([]);
    expect(Object.keys(readTree(to))).toContain("old/deep/'q'");
    const { deleted } = await transfers.runUpload(runner, plan, options);
    expect(deleted).toBe(4);
    expect(Object.keys(readTree(to))).toEqual([
      ".git",
      ".gitignore",
      "keep",
      "mix",
      "mix/a.log",
      "out",
      "out/model",
      "x.log",
    ]);
    expect(readTree(elsewhere)).toHaveProperty("safe");
  });

  it("are not marked as gone where the host has a newer one", async () => {
    const [from, to] = [newFolder(), newFolder()];
    writeTree(from, { a: { text: "1", mtime: 100 }, b: { text: "1", mtime: 300 } });
    writeTree(to, { a: { text: "22", mtime: 200 }, b: { text: "22", mtime: 200 } });
    const plan = await transfers.planUpload(runner, { from, to, ignore: true }, noAbort);
    expect(plan).toMatchObject({ newerOnHost: ["a"], bytes: 2, delete: [] });
    expect(leftovers(to)).toEqual([]);
  });

  it("tell how far they are, and cancelled they leave nothing half", async () => {
    const [from, to, back] = [newFolder(), newFolder(), newFolder()];
    writeTree(from, { "a/small": "s", big: { text: Buffer.alloc(40 * mib, 1) }, other: "o" });
    const told: TransferProgress[] = [];
    await transfers.upload(
      runner,
      { from, to: join(to, "whole") },
      { signal: noAbort, onProgress: (one) => told.push(one) },
    );
    const total = 40 * mib + 2;
    expect(told.at(-1)).toMatchObject({ doneBytes: total, totalBytes: total, doneFiles: 3, totalFiles: 3 });
    for (const [index, one] of told.entries())
      expect(one.doneBytes).toBeGreaterThanOrEqual(told[index - 1]?.doneBytes ?? 0);
    for (const run of [
      (signal: AbortSignal, onProgress: () => void) =>
        transfers.upload(runner, { from, to: join(to, "cut") }, { signal, onProgress }),
      (signal: AbortSignal, onProgress: () => void) =>
        transfers.download(runner, { from, to: join(back, "cut") }, { signal, onProgress }),
    ]) {
      const aborted = new AbortController();
      await expect(run(aborted.signal, () => aborted.abort())).rejects.toMatchObject({
        problem: { reason: "cancelled" },
      });
    }
    expect(Object.keys(readTree(to))).toEqual(["whole", "whole/a", "whole/a/small", "whole/big", "whole/other"]);
    expect(leftovers(back)).toEqual([]);
    expect(readTree(back)).not.toHaveProperty("cut/big");
  });

  it("that do not exist or are no folders are said to be so", async () => {
    const [from, to] = [newFolder(), newFolder()];
    writeTree(from, { a: "1" });
    writeTree(to, { file: "f" });
    const reasonOf = (work: Promise<unknown>) =>
      work.then(
        () => "none",
        (error: unknown) => (isFailure(error) ? error.problem.reason : String(error)),
      );
    expect(await reasonOf(transfers.upload(runner, { from, to: join(to, "file") }, options))).toBe("hostNotAFolder");
    expect(await reasonOf(transfers.upload(runner, { from, to: join(to, "file/x") }, options))).toBe("hostNotAFolder");
    expect(await reasonOf(transfers.upload(runner, { from, to: "/proc/nothing" }, options))).toMatch(/^host/);
    expect(await reasonOf(transfers.upload(runner, { from, to: "a\nb" }, options))).toBe("hostPathUnusable");
    expect(await reasonOf(transfers.download(runner, { from: join(to, "none"), to }, options))).toBe("hostNoSuchPath");
    expect(await reasonOf(transfers.upload(runner, { from: join(from, "none"), to }, options))).toBe("localUnreadable");
    expect(leftovers(to)).toEqual([]);
  });

  it("keep the host's modes where the client has none", async () => {
    const windows = createTransfers({
      client: { os: "win32", home: "C:\\", user: "a", env: {} },
      clock: systemClock,
    });
    const [from, to] = [newFolder(), newFolder()];
    writeTree(from, { tool: { text: "new", mode: 0o600 }, fresh: { text: "f", mode: 0o777 } });
    symlinkSync("tool", join(from, "link"));
    writeTree(to, { tool: { text: "old", mode: 0o750, mtime: 1 } });
    const { warnings } = await windows.upload(runner, { from, to }, options);
    expect(warnings).toEqual([{ path: "link", reason: "linksUnsupported" }]);
    expect(readTree(to)).toMatchObject({
      tool: expect.stringMatching(/^file 750 /),
      fresh: expect.stringMatching(/^file 644 /),
    });
    writeFileSync(join(from, "tool"), "newer");
    await windows.upload(runner, { from, to }, options);
    expect(readTree(to).tool).toMatch(/^file 750 /);
  });
});
