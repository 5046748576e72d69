import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/core/clock";
import { walkLocal } from "../../../src/core/transfer/localTree";

const scratch = mkdtempSync(join(tmpdir(), "tensorline-rules-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function folderWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(scratch, "r-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const deps = { client: { os: "linux", home: "/", user: "a", env: {} }, clock: systemClock } as const;
const walk = (root: string, ignore = true) =>
  walkLocal(deps, root, { ignore, as: "", signal: new AbortController().signal });

/** Files that are left over, rule files not counted. */
async function kept(root: string): Promise<string[]> {
  const { entries } = await walk(root);
  return entries
    .flatMap(({ kind, path }) => (kind === "file" && !/(^|\/)\.(git|tensorline)ignore$/.test(path) ? [path] : []))
    .sort();
}

const files = (...paths: string[]) => Object.fromEntries(paths.map((path) => [path, ""]));

/** Each: rule files, files, and what git itself would leave. */
const likeGit: [string, Record<string, string>][] = [
  ["a name anywhere", { ".gitignore": "*.log\n", ...files("a.log", "d/b.log", "d/c.txt") }],
  ["a path from the root", { ".gitignore": "/out\n", ...files("out", "d/out", "d/x") }],
  ["a path with a slash inside", { ".gitignore": "d/x\n", ...files("d/x", "e/d/x", "d/y") }],
  ["folders only", { ".gitignore": "build/\n", ...files("build/x", "d/build/y", "e/build") }],
  ["an exception", { ".gitignore": "*.log\n!keep.log\n", ...files("a.log", "keep.log", "d/keep.log") }],
  ["an exception in a folder that is out", { ".gitignore": "d/\n!d/keep\n", ...files("d/keep", "x") }],
  ["an exception in a folder whose content is out", { ".gitignore": "d/*\n!d/keep\n", ...files("d/keep", "d/x") }],
  [
    "a deeper file has the last word",
    { ".gitignore": "*.log\n", "d/.gitignore": "!*.log\n", ...files("a.log", "d/b.log") },
  ],
  [
    "a deeper file is about its folder",
    { "d/.gitignore": "/x\n*.tmp\n", ...files("x", "d/x", "d/e/x", "a.tmp", "d/e/a.tmp") },
  ],
  [
    "two stars",
    { ".gitignore": "**/cache/**\nlogs/**/debug\n", ...files("a/cache/x", "logs/debug", "logs/a/b/debug", "b") },
  ],
  ["comments, blanks and escapes", { ".gitignore": "# c\n\n\\#x\n\\!y\nz \n", ...files("c", "#x", "!y", "z") }],
  ["classes and question marks", { ".gitignore": "[ab].o\nq?.o\n", ...files("a.o", "c.o", "q1.o", "q12.o") }],
  ["case", { ".gitignore": "Readme\n", ...files("Readme", "readme") }],
];

describe("ignore rules", () => {
  it.each(likeGit)("leave out what git leaves out: %s", async (_name, tree) => {
    const root = folderWith(tree);
    const git = (...args: string[]) => execFileSync("git", ["-C", root, ...args], { encoding: "utf8" });
    git("init", "-q");
    const listed = git("-c", "core.excludesFile=/dev/null", "ls-files", "-z", "--others", "--exclude-standard");
    const expected = listed.split("\0").filter((path) => path !== "" && !path.endsWith(".gitignore"));
    expect(await kept(root)).toEqual(expected.sort());
  });

  it.each<[string, Record<string, string>, string[]]>([
    [
      "takes out more",
      { ".gitignore": "*.log\n", ".tensorlineignore": "data/\n", ...files("a.log", "data/x", "y") },
      ["y"],
    ],
    [
      "brings back what git leaves out",
      { ".gitignore": "*.pt\n", ".tensorlineignore": "!best.pt\n", ...files("best.pt", "d/best.pt", "old.pt") },
      ["best.pt", "d/best.pt"],
    ],
    [
      "brings back a whole folder, but not what else is ignored in it",
      {
        ".gitignore": "build/\n*.o\n",
        ".tensorlineignore": "!build/\n",
        ...files("build/x", "build/d/y", "build/a.o"),
      },
      ["build/d/y", "build/x"],
    ],
    [
      "wins over a deeper .gitignore",
      { ".tensorlineignore": "!keep.log\n", "d/.gitignore": "*.log\n", ...files("d/keep.log", "d/other.log") },
      ["d/keep.log"],
    ],
    [
      "may stand in any folder",
      { ".gitignore": "*.bin\n", "d/.tensorlineignore": "!*.bin\nraw\n", ...files("a.bin", "d/b.bin", "d/raw", "raw") },
      ["d/b.bin", "raw"],
    ],
  ])(".tensorlineignore %s", async (_name, tree, expected) => {
    expect(await kept(folderWith(tree))).toEqual(expected);
  });

  it("never let .git or unfinished transfers through, but do not ask when they are not wanted", async () => {
    const root = folderWith(files(".git/config", "d/.git", ".tensorline-0123456789abcdef/x", "a.log", ".gitx"));
    writeFileSync(join(root, ".gitignore"), "*.log\n");
    expect(await kept(root)).toEqual([".gitx"]);
    const all = (await walk(root, false)).entries.flatMap(({ kind, path }) => (kind === "file" ? [path] : []));
    expect(all.sort()).toEqual([".git/config", ".gitignore", ".gitx", "a.log", "d/.git"]);
  });

  it("are asked about paths that exist only on the host", async () => {
    const { ignored } = await walk(folderWith({ ".gitignore": "out/\n*.log\n", "d/.gitignore": "!x.log\n" }));
    expect(await ignored("out", true)).toBe(true);
    expect(await ignored("out/deep/model", false)).toBe(true);
    expect(await ignored("gone/x.log", false)).toBe(true);
    expect(await ignored("d/x.log", false)).toBe(false);
    expect(await ignored("gone/code.py", false)).toBe(false);
  });
});
