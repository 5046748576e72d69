import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createLocalRunner } from "../mocks/localRunner";
import { some } from "./operationHost";
import { mount, withoutMount } from "./smallDisk";
import { hosts, leftovers, newFolder, noAbort, readTree, transfers, writeTree } from "./transferHost";

const options = { signal: noAbort };

describe.each(some(hosts, "bash", "busybox"))("an upload to $name", ({ runner }) => {
  describe.skipIf(withoutMount !== undefined)(`on a file system of its own (${withoutMount ?? "tmpfs"})`, () => {
    it("says that the disk is full, and leaves nothing there", async () => {
      const [from, to] = [newFolder(), mount("size=4m")];
      writeTree(from, { a: { text: Buffer.alloc(3_000_000) }, b: { text: Buffer.alloc(3_000_000) } });
      const run = transfers.upload(runner, { from, to }, options);
      await expect(run).rejects.toMatchObject({ problem: { reason: "hostDiskFull" } });
      expect(readdirSync(to)).toEqual([]);
      writeTree(from, { b: { text: Buffer.alloc(40_000_000) } });
      const again = transfers.upload(runner, { from, to: join(to, "sub") }, options);
      await expect(again).rejects.toMatchObject({ problem: { reason: "hostDiskFull" } });
      expect(readdirSync(to)).toEqual([]);
    });

    it("says that the file system is read-only", async () => {
      const [from, to] = [newFolder(), mount("ro,size=64k")];
      writeTree(from, { a: "1" });
      const run = transfers.upload(runner, { from, to }, options);
      await expect(run).rejects.toMatchObject({ problem: { reason: "hostReadOnly" } });
    });

    it("replaces by rename also where a folder stands on another file system", async () => {
      const [from, to, other] = [newFolder(), newFolder(), mount("size=4m")];
      writeTree(from, { "data/a": "new", "data/sub/b": "b", "data/deep/er/c": "c" });
      writeTree(other, { a: { text: "old", mtime: 1 }, "sub/x": "x" });
      symlinkSync(other, join(to, "data"));
      await transfers.upload(runner, { from, to }, options);
      expect(readTree(other)).toMatchObject({
        a: expect.stringMatching(/^file 644 1700000000 /),
        "sub/b": expect.stringMatching(/^file/),
        "deep/er/c": expect.stringMatching(/^file/),
      });
      expect([...leftovers(other), ...leftovers(to)]).toEqual([]);
    });
  });

  it("goes on after one that is a week old, whose folder it removes", async () => {
    const [from, to] = [newFolder(), newFolder()];
    writeTree(from, { a: "1" });
    for (const name of [".tensorline-0123456789abcdef", ".tensorline-other", ".tensorline-fedcba9876543210"]) {
      mkdirSync(join(to, name));
    }
    execFileSync("touch", [
      "-d",
      "9 days ago",
      join(to, ".tensorline-0123456789abcdef"),
      join(to, ".tensorline-other"),
    ]);
    await transfers.upload(runner, { from, to }, options);
    expect(readdirSync(to).sort()).toEqual([".tensorline-fedcba9876543210", ".tensorline-other", "a"]);
  });
});

/** A host whose tools are BusyBox's, but for some that are replaced by a script or left out. */
function hostWith(tools: Readonly<Record<string, string | undefined>>) {
  const folder = newFolder();
  execFileSync("busybox", ["--install", "-s", folder]);
  for (const [name, script] of Object.entries(tools)) {
    rmSync(join(folder, name), { force: true });
    if (script === undefined) continue;
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return createLocalRunner({ shell: ["sh"], env: { PATH: folder } });
}

/** The header and data of one member, as a hostile host may make it. */
function member(name: string, { type = "0", link = "", text = "evil" } = {}): Buffer {
  const header = Buffer.alloc(512);
  const size = type === "0" ? text.length : 0;
  header.write(name, 0);
  header.write(`0006777\0${"0000000\0".repeat(2)}${size.toString(8).padStart(11, "0")}\u000000000000000\0`, 100);
  header.write(`        ${type}${link}`, 148);
  header.write("ustar\u000000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return type === "0" ? Buffer.concat([header, Buffer.alloc(512, text, "utf8").fill(0, text.length)]) : header;
}

const withBusybox = hosts.some(({ name }) => name === "busybox");

describe.skipIf(!withBusybox)("a host without a tool, or with a lying one (needs busybox)", () => {
  it.each(["tar", "find", "stat", "xargs"])("is said to lack %s", async (tool) => {
    const from = newFolder();
    writeTree(from, { a: "1" });
    const runner = hostWith({ [tool]: undefined });
    const run = transfers.upload(runner, { from, to: newFolder() }, options);
    await expect(run).rejects.toMatchObject({ problem: { reason: "hostLacksTool", tool } });
  });

  it("writes nothing outside of the folder, whatever it lists and sends", async () => {
    const [there, around] = [newFolder(), newFolder()];
    writeTree(there, { good: "good" });
    const to = join(around, "inside/to");
    const names = ["../up", "/etc/tensorline-evil", "a/../../up", "./../up", "..", "link/through", "good", "sub/./x"];
    const listing = [
      ...names.map((name) => `81a4 4 0 ./${name}`),
      "a1ff 4 0 ./link",
      "a1ff 4 0 ./twin",
      "21b6 0 0 ./device",
      "nonsense",
      "81a4 99999999999999999999 0 ./huge",
    ];
    const archive = Buffer.concat([
      ...names.map((name) => member(name)),
      ...names.map((name) => member(`./${name}`)),
      member("unasked"),
      member("link", { type: "2", link: around }),
      member("link/through"),
      member("twin", { type: "2", link: "good" }),
      member("twin", { type: "0" }),
      member("good", { type: "1", link: "/etc/passwd" }),
      member("device", { type: "3" }),
      Buffer.alloc(1024),
    ]);
    const evil = newFolder();
    writeFileSync(join(evil, "listing"), `${listing.join("\n")}\n`);
    writeFileSync(join(evil, "tar"), archive);
    const runner = hostWith({ find: `cat ${evil}/listing`, tar: `cat ${evil}/tar` });
    const { warnings } = await transfers.download(runner, { from: there, to }, options);
    expect(Object.keys(readTree(around))).toEqual([
      "inside",
      "inside/to",
      "inside/to/good",
      "inside/to/link",
      "inside/to/link/through",
      "inside/to/twin",
    ]);
    const refused = warnings.filter(({ reason }) => reason === "leavesFolder").map(({ path }) => path);
    expect(refused).toEqual(["../up", "/etc/tensorline-evil", "a/../../up", "./../up", "..", "sub/./x"]);
    expect(warnings).toContainEqual({ path: "device", reason: "specialFile" });
    expect(readTree(to).twin).toBe("link good");
    expect(readTree(to).good).toMatch(/^file 644 /);
  });

  it("cannot put a broken archive in place of files", async () => {
    const [there, to] = [newFolder(), newFolder()];
    writeTree(there, { a: "1", b: "2" });
    for (const output of ["head -c 3000 /dev/zero | tr '\\0' x", "echo"]) {
      const runner = hostWith({ tar: output });
      const run = transfers.download(runner, { from: there, to }, options);
      await expect(run).rejects.toMatchObject({ problem: { reason: "unreadable" } });
    }
    expect(readTree(to)).toEqual({});
  });

  it("cannot pass off a list that is cut off as the whole", async () => {
    const runner = hostWith({ find: "kill -9 $PPID" });
    const there = newFolder();
    writeTree(there, { a: "1" });
    const run = transfers.download(runner, { from: there, to: newFolder() }, options);
    await expect(run).rejects.toMatchObject({ name: "Failure" });
  });

  it("names a file that could not be read and one that changed, and the rest arrives", async () => {
    const [there, to] = [newFolder(), newFolder()];
    writeTree(there, { a: "1", gone: "2", grows: "3" });
    const tar = execFileSync("sh", ["-c", "command -v tar"], { encoding: "utf8" }).trim();
    const runner = hostWith({ tar: `rm -f gone; echo more >>grows; exec ${tar} "$@"` });
    const { warnings } = await transfers.download(runner, { from: there, to }, options);
    expect([...warnings].sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: "gone", reason: "unreadable" },
      { path: "grows", reason: "changedMeanwhile" },
    ]);
    expect(Object.keys(readTree(to))).toEqual(["a"]);
  });
});
