import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Runner } from "../../src/core/remote";
import { some } from "./operationHost";
import { hosts, newFolder, noAbort, readTree, transfers, writeTree } from "./transferHost";

const sync = (runner: Runner, from: string, to: string) =>
  transfers.sync(runner, { from, to, delete: true }, { signal: noAbort });
const plan = (runner: Runner, from: string, to: string, more: { readonly look?: boolean } = {}) =>
  transfers.planUpload(runner, { from, to, ignore: true, delete: true, ...more }, noAbort);

describe.each(some(hosts, "dash", "zsh"))("a sync to a host with $name", ({ runner, with: withMore }) => {
  it("looks only into folders that it brings", async () => {
    const [from, to, tools] = [newFolder(), newFolder(), newFolder()];
    writeTree(from, { ".gitignore": "data/\n*.log\n", "src/a.py": "a", "src/deep/b.py": "b", "data/here": "h" });
    await sync(runner, from, to);
    writeTree(to, { "data/set/1.bin": "1", "src/x.log": "l", "src/deep/data/2.bin": "2", "src/new/data/3.bin": "3" });
    // Notes every path that is looked at.
    const path = await runner.run(
      { what: "testing", argv: ["eval", "echo $PATH"], deadlineMs: 9000, parse: ({ stdout }) => stdout.trim() },
      noAbort,
    );
    writeFileSync(
      join(tools, "stat"),
      `#!/bin/sh\nPATH=${path}\nprintf '%s\\n' "$@" >>${tools}/seen\nexec stat "$@"\n`,
      { mode: 0o755 },
    );
    const found = await plan(withMore({ PATH: `${tools}:${path}` }), from, to);
    expect(found.ignoredThere.map((entry) => entry.path).sort()).toEqual(["data", "src/deep/data", "src/x.log"]);
    expect(found).toMatchObject({ upload: [], newFolders: [], delete: [], deleteFolders: ["src/new"] });
    const seen = readFileSync(join(tools, "seen"), "utf8");
    expect(seen).toContain("./src/deep/b.py");
    expect(seen).not.toMatch(/set|1\.bin|2\.bin/);
  });

  it("deletes what is only there with all that is below, but for what the rules leave out", async () => {
    const [from, to] = [newFolder(), newFolder()];
    writeTree(from, { ".gitignore": "keep/\n", "a.py": "a" });
    writeTree(to, { "old/deep/x.py": "x", "old/y.py": "y", "mixed/keep/z": "z", "mixed/w": "w", "it's [old]/v": "v" });
    const { deleted } = await sync(runner, from, to);
    expect(deleted).toBe(4);
    expect(Object.keys(readTree(to)).sort()).toEqual([".gitignore", "a.py", "mixed", "mixed/keep", "mixed/keep/z"]);
  });

  it("brings a project of many folders, and finds the one file that changed", async () => {
    const [from, to] = [newFolder(), join(newFolder(), "new")];
    const files = Array.from({ length: 250 }, (_, index) => [`p${index % 5}/m${index}/f.py`, `${index}`] as const);
    writeTree(from, Object.fromEntries(files));
    await sync(runner, from, to);
    expect(readTree(to)).toEqual(readTree(from));
    writeTree(from, { "p3/m3/f.py": { text: "new", mtime: 1_700_000_100 } });
    const { upload, ...rest } = await plan(runner, from, to);
    expect(upload.map(({ path }) => path)).toEqual(["p3/m3/f.py"]);
    expect(rest).toMatchObject({ newFolders: [], delete: [], deleteFolders: [] });
    expect(rest.entry("p3/m3/f.py")).toMatchObject({ kind: "file", size: 3 });
    expect(rest.entry("p3/absent")).toBeUndefined();
  });

  it("is left alone by who only looks", async () => {
    const [from, to] = [newFolder(), newFolder()];
    writeTree(from, { "a.py": "a" });
    const { stage } = await plan(runner, from, to, { look: true });
    expect(existsSync(stage)).toBe(false);
    // A stage as a sync of the same folder has it while it runs, with its writer.
    writeTree(stage, { "tree/a.py": "a", "parts/": "" });
    const writer = spawn(
      "sh",
      ["-c", 'cd "$1" && echo "$$" >owner && exec 9>>owner && echo up && read -r line', "sh", stage],
      {
        detached: true,
        stdio: ["pipe", "pipe", "inherit"],
      },
    );
    const over = once(writer, "exit");
    await once(writer.stdout, "data");
    const looked = await plan(runner, from, to, { look: true });
    expect(looked.arrived.map(({ path }) => path)).toEqual(["a.py"]);
    expect(writer.exitCode ?? writer.signalCode).toBeNull();
    // Who wants to write ends it.
    await plan(runner, from, to);
    expect(await over).toEqual([null, "SIGKILL"]);
    rmSync(stage, { recursive: true });
  });

  it("replaces files that are read-only", async () => {
    const [from, to] = [newFolder(), newFolder()];
    writeTree(from, { "a.py": { text: "new", mode: 0o444, mtime: 1_700_000_100 } });
    writeTree(to, { "a.py": { text: "o", mode: 0o444 } });
    await sync(runner, from, to);
    expect(readTree(to)).toEqual(readTree(from));
  });
});
