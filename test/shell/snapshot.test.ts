import { existsSync, lstatSync, readFileSync, readlinkSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import snapshotPart from "../../src/core/jobs/scripts/snapshot.sh";
import type { CommandOutput } from "../../src/core/remote";
import { some } from "./operationHost";
import { mount, withoutMount } from "./smallDisk";
import { hosts, newFolder, noAbort, readTree, type ShellHost, transfers, writeTree } from "./transferHost";

/** In the very shell of this host, not in what it calls `sh`. */
function snapshot(
  host: ShellHost,
  from: string,
  to: string,
  linked: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandOutput> {
  return host.with({ FROM: from, TO: to, ...env }).run(
    {
      what: "testing",
      argv: ["eval", `${snapshotPart}\nmake_snapshot "$FROM" "$TO"`],
      stdin: linked.map((path) => `${path}\n`).join(""),
      deadlineMs: 30_000,
      parse: (output) => output,
    },
    noAbort,
  );
}

const project = {
  "train.py": "print(1)",
  "run.sh": { text: "#!/bin/sh\n", mode: 0o755 },
  ".hidden": "h",
  "pkg/a.py": "a",
  "pkg/deep/b.py": { text: "b", mode: 0o666 },
  "we ird [x]*/it's.py": "w",
  "empty/": "",
};

const readOnly = (tree: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(tree).map(([path, facts]) => [
      path,
      facts.replace(/^file (\d+)/, (_all, mode: string) => `file ${(Number.parseInt(mode, 8) & 0o555).toString(8)}`),
    ]),
  );

describe.each(some(hosts, "bash", "busybox"))("a snapshot under $name", (host) => {
  it("is the same tree, read-only, of the very files", async () => {
    const [from, to] = [newFolder(), join(newFolder(), "code")];
    writeTree(from, project);
    symlinkSync("train.py", join(from, "link"));
    symlinkSync("pkg/deep", join(from, "folder link"));
    const before = readTree(from);
    expect(await snapshot(host, from, to)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(readTree(to)).toEqual(readOnly(before));
    expect(lstatSync(join(to, "pkg/a.py")).ino).toBe(lstatSync(join(from, "pkg/a.py")).ino);
    // A program may still make files beside the code.
    expect(lstatSync(join(to, "pkg")).mode & 0o700).toBe(0o700);
  });

  it("links what it is told to, however deep, and leaves the rest as it is", async () => {
    const [from, to] = [newFolder(), join(newFolder(), "code")];
    writeTree(from, { ...project, "data/x.bin": "x", "pkg/deep/runs/r": "r", "notes.log": "n", "datax/y": "y" });
    symlinkSync("/nowhere", join(from, "weights"));
    const linked = ["data", "pkg/deep/runs", "notes.log", "weights", "absent", "train.py/absent"];
    expect(await snapshot(host, from, to, linked)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readTree(to)).toEqual(
      readOnly({
        ...Object.fromEntries(Object.entries(readTree(from)).filter(([path]) => !/^data\/|runs\//.test(path))),
        data: `link ${from}/data`,
        "pkg/deep/runs": `link ${from}/pkg/deep/runs`,
        "notes.log": `link ${from}/notes.log`,
        weights: `link ${from}/weights`,
      }),
    );
    writeFileSync(join(to, "data/from the job"), "");
    expect(existsSync(join(from, "data/from the job"))).toBe(true);
  });

  it("copies a folder of a thousand files beside a linked one", async () => {
    const [from, to] = [newFolder(), join(newFolder(), "code")];
    writeTree(from, Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`f${index}`, `${index}`])));
    writeTree(from, { "data/x": "x" });
    expect(await snapshot(host, from, to, ["data"])).toMatchObject({ exitCode: 0 });
    expect(Object.keys(readTree(to))).toHaveLength(1001);
  });

  it("stays as it is when a sync changes, adds and deletes files", async () => {
    const [local, from, to] = [newFolder(), join(newFolder(), "work"), join(newFolder(), "code")];
    writeTree(local, project);
    await transfers.sync(host.runner, { from: local, to: from, delete: true }, { signal: noAbort });
    await snapshot(host, from, to);
    const kept = readTree(to);
    writeTree(local, { "train.py": { text: "print(2)", mtime: 1_700_000_900 }, "new.py": "n" });
    renameSync(join(local, "pkg/a.py"), join(local, "pkg/moved.py"));
    await transfers.sync(host.runner, { from: local, to: from, delete: true }, { signal: noAbort });
    expect(readFileSync(join(from, "train.py"), "utf8")).toBe("print(2)");
    expect(existsSync(join(from, "pkg/a.py"))).toBe(false);
    expect(readTree(to)).toEqual(kept);
    // Read-only files of the work tree are no change: nothing would be sent.
    const again = await transfers.planUpload(
      host.runner,
      { from: local, to: from, ignore: true, delete: true },
      noAbort,
    );
    expect(again).toMatchObject({ upload: [], delete: [], newFolders: [] });
  });

  it("leaves out what an interrupted sync has left", async () => {
    const [from, to] = [newFolder(), join(newFolder(), "code")];
    writeTree(from, { "a.py": "a", ".tensorline-0123456789abcdef/tree/b.py": "b", "data/x": "x" });
    for (const [index, linked] of [[], ["data"]].entries()) {
      expect(await snapshot(host, from, `${to}${index}`, linked)).toMatchObject({ exitCode: 0 });
      expect(Object.keys(readTree(`${to}${index}`)).filter((path) => path.startsWith(".tensorline"))).toEqual([]);
    }
    expect(existsSync(join(from, ".tensorline-0123456789abcdef/tree/b.py"))).toBe(true);
  });

  it("is not made of nothing", async () => {
    const [from, to] = [join(newFolder(), "absent"), join(newFolder(), "code")];
    expect(await snapshot(host, from, to)).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/\S/) });
    expect(existsSync(to)).toBe(false);
  });

  it("is copied where files have as many links as they can have, or links are refused", async () => {
    const [from, to, tools] = [newFolder(), join(newFolder(), "code"), newFolder()];
    writeTree(from, project);
    const path = await host.runner.run(
      { what: "testing", argv: ["eval", "echo $PATH"], deadlineMs: 9000, parse: ({ stdout }) => stdout.trim() },
      noAbort,
    );
    // Refuses hard links as a file system without them does.
    const cp = `#!/bin/sh
PATH=${path}
case $1 in -al) echo half >"$3/half"; echo "cp: cannot link: Operation not permitted" >&2; exit 1 ;; esac
exec cp "$@"
`;
    writeFileSync(join(tools, "cp"), cp, { mode: 0o755 });
    const result = await snapshot(host, from, to, [], { PATH: `${tools}:${path}` });
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readTree(to)).toEqual(readOnly(readTree(from)));
    expect(lstatSync(join(to, "pkg/a.py")).ino).not.toBe(lstatSync(join(from, "pkg/a.py")).ino);
    expect(lstatSync(join(from, "pkg/a.py")).mode & 0o200).toBe(0o200);
  });
});

describe.each(some(hosts, "bash", "busybox"))(
  `a snapshot on another file system under $name (${withoutMount ?? "a small disk"})`,
  (host) => {
    it.skipIf(withoutMount !== undefined)("is a copy", async () => {
      const [from, to] = [newFolder(), join(mount("size=2m"), "code")];
      writeTree(from, project);
      expect(await snapshot(host, from, to, ["pkg"])).toMatchObject({ exitCode: 0, stderr: "" });
      expect(readFileSync(join(to, "train.py"), "utf8")).toBe("print(1)");
      expect(readlinkSync(join(to, "pkg"))).toBe(join(from, "pkg"));
      expect(lstatSync(join(from, "train.py")).nlink).toBe(1);
    });

    it.skipIf(withoutMount !== undefined)("is not there at all where the disk is full, which it says", async () => {
      const [from, disk] = [newFolder(), mount("size=256k")];
      writeTree(from, { ...project, big: { text: Buffer.alloc(1024 * 1024) } });
      const { exitCode, stderr } = await snapshot(host, from, join(disk, "code"));
      expect(exitCode).toBe(1);
      expect(stderr).toContain("No space left on device");
      expect(existsSync(join(disk, "code"))).toBe(false);
    });
  },
);
