import { describe, expect, test } from "vitest";
import { readAnswer } from "../../../src/core/environments/survey/answer";
import { foundPrefixes } from "../../../src/core/environments/survey/found";
import { machineOf, runsOn } from "../../../src/core/environments/survey/machine";
import { surveyCommand } from "../../../src/core/environments/survey/surveyEnvironments";
import { warningOf } from "../../../src/core/environments/survey/warnings";

const answer = (...lines: readonly string[]) => readAnswer(["tensorline survey 1", ...lines].join("\n"));
const site = "/p/lib/python3.12/site-packages";
const prefix = ["env /p", "via search", "python works /p/bin/python", "lib lib/python3.12", `site ${site}`];

describe("what the survey's script answers", () => {
  test.each([
    ["nothing", ""],
    ["a shell's complaint", "sh: 1: not found\n"],
    ["no end", "tensorline survey 1\nenv /p\nblocks\n"],
    ["no blocks", "tensorline survey 1\nenv /p\nend\n"],
  ])("is refused when it is %s", (_what, text) => {
    expect(() => readAnswer(text)).toThrow("unreadable");
  });

  test("may come after what start-up files print", () => {
    expect(readAnswer("Welcome!\ntensorline survey 1\nfact machine x86_64\nblocks\nend\n").facts.get("machine")).toBe(
      "x86_64",
    );
  });

  test("forgets what was said about a path when a new key for it comes, and adds to it otherwise", () => {
    const { blocks } = answer(
      "blocks",
      `1 1 1 1 ${site}`,
      site,
      " torch-1.0.dist-info",
      `2 2 1 1 ${site}`,
      site,
      " torch-2.0.dist-info",
      "/other",
      " x",
      site,
      " torch cuda = None",
      "garbage",
      " lost",
      "end",
    );
    expect(blocks.get(site)).toEqual(["torch-2.0.dist-info", "torch cuda = None"]);
    expect([...blocks.keys()]).toEqual([site, "/other"]);
  });

  test("says about a prefix what its records and its files say", () => {
    const lines = [
      "cfg",
      "blocks",
      site,
      " torch-2.0.dist-info",
      "/p/pyvenv.cfg",
      " HOME = /usr/bin ",
      " version=3.12.4",
      "end",
    ];
    expect(foundPrefixes(answer(...prefix, ...lines))).toEqual([
      {
        prefix: "/p",
        via: "search",
        interpreter: { path: "/p/bin/python", state: "works" },
        settings: { home: "/usr/bin", version: "3.12.4" },
        library: "lib/python3.12",
        distributions: [{ name: "torch", version: "2.0" }],
        buildTexts: [],
      },
    ]);
  });

  test("says nothing of what was kept about files that are gone", () => {
    const kept = ["blocks", "/p/pyvenv.cfg", " home = /x", "/p/conda-meta", " history", "end"];
    const [found] = foundPrefixes(answer(...prefix, ...kept));
    expect(found?.settings).toBeUndefined();
    expect(found?.condaMeta).toBeUndefined();
  });

  test("is taken only where it is a record, with a path where there has to be one", () => {
    const strange = [
      "env relative",
      "via nonsense",
      "python works relative",
      "tool x",

      "file x",
      "warn",
      "site x",
      "x",
    ];
    const { prefixes, tools, projectFiles } = answer("via conda", ...strange, "blocks", "end");
    expect([prefixes, [...tools], projectFiles]).toEqual([[], [], []]);
  });
});

test("parameters of the survey are words; a path with a line break is left out, and depth has bounds", () => {
  const { argv } = surveyCommand({ searchPaths: ["~/a b", "x\ny", ""], depth: 1e9, fresh: true });
  const [, , , , forget, depth, , ...rest] = argv;
  expect([forget, depth]).toEqual(["1", "8"]);
  expect(rest).toEqual(["~/a b"]);
  expect(surveyCommand({ searchPaths: [], depth: Number.NaN }).argv.slice(4, 6)).toEqual(["", "0"]);
  expect(Buffer.byteLength(argv[2] ?? "")).toBeLessThan(100_000);
});

test.each([
  ["machine 01 3e00", "x86_64"],
  ["machine 01 b700", "aarch64"],
  ["machine 01 f300", "riscv64"],
  ["machine 02 0016", "s390x"],
  ["machine 02 0015", "ppc64"],
  ["machine 01 0201", "loongarch64"],
  ["machine 01 ffff", undefined],
  ["machine 03 3e00", undefined],
  ["machine 01 3e", undefined],
])("%j is a program for %s", (text, machine) => {
  expect(machineOf([text])).toBe(machine);
});

test("programs run on machines of their family, and the unknown is not called wrong", () => {
  expect(runsOn("x86_64", "x86_64")).toBe(true);
  expect(runsOn("i686", "x86_64")).toBe(true);
  expect(runsOn("armv7l", "aarch64")).toBe(true);
  expect(runsOn("aarch64", "x86_64")).toBe(false);
  expect(runsOn("x86_64", "aarch64")).toBe(false);
  expect(runsOn("riscv64", "x86_64")).toBe(false);
  expect(runsOn(undefined, "x86_64")).toBe(true);
  expect(runsOn("x86_64", undefined)).toBe(true);
});

test("a warning is one bounded sentence; one that nobody knows is none", () => {
  for (const reason of ["unreadable", "missing", "newline", "partial", "stopped", "many", "projects"]) {
    const message = warningOf({ reason, detail: `\u001b[31m${"x".repeat(1000)}\n` })?.message ?? "";
    expect(message).toMatch(/^[^\p{Cc}]{20,400}\.$/u);
  }
  expect(warningOf({ reason: "nonsense", detail: "" })).toBeUndefined();
});
