import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hookFiles } from "../../src/core/tensors/hookFiles";
import {
  compared,
  newestPython,
  newFolder,
  onlyFailure,
  parses,
  python2,
  somePythons,
  userFrames,
  watched,
} from "./hookHost";

/** Ways to fail, each a function of ends.py, with what is recorded: origin and classes. */
const ends: readonly (readonly [string, ...string[]])[] = [
  ["deep_down", "main", "builtins.RecursionError"],
  ["caught", "main", "builtins.RuntimeError"],
  ["chain", "main", "builtins.RuntimeError", "builtins.KeyError", "builtins.ValueError"],
  ["own_hook", "main", "builtins.RuntimeError"],
  ["wrapped_hook", "main", "builtins.RuntimeError"],
  ["both_hooks", "main", "builtins.RuntimeError"],
  ["same_hooks", "main", "builtins.RuntimeError"],
  ["memory", "main", "builtins.MemoryError"],
  ["interrupted"],
  ["leave"],
  ["broken_import", "main", "builtins.ModuleNotFoundError"],
  ["edited", "main", "builtins.IndexError"],
  ["thread", "thread", "builtins.IndexError"],
];

describe.each(somePythons)("the hook under Python %s", (version, python) => {
  it("changes nothing that a failing program says, and records it once", async () => {
    const { records } = await compared(python, ["ends.py", ...ends.map(([word]) => word)]);
    const failures = records.flatMap((record) => record.failures);
    expect(failures.map(({ origin, exceptions }) => [origin, ...exceptions.map(({ type }) => type)])).toEqual(
      ends.map(([, ...recorded]) => recorded).filter(({ length }) => length > 0),
    );
    expect(new Set(records.map(({ pid }) => pid)).size).toBe(failures.length);
    const [deep, , chain] = failures;
    expect(deep?.isCut).toBe(true);
    expect(deep?.exceptions[0]?.frames).toHaveLength(40);
    expect(chain?.exceptions.map(({ message }) => message)).toEqual(["child 1", "'second'", "third"]);
    const edited = failures.at(-2);
    expect(edited && userFrames(edited).at(-1)).toMatchObject({ function: "fail", line: 2 });
    expect(edited && userFrames(edited).at(-1)?.source).toBeUndefined();
  });

  it("records each of several that are alike", async () => {
    const { records } = await compared(python, ["ends.py", "again"]);
    expect(records[0]?.failures.map(({ origin }) => origin)).toEqual(["thread", "thread", "thread", "main"]);
  });

  it("records the children of multiprocessing themselves", async () => {
    const { records, stdout } = await compared(python, ["ends.py", "children"]);
    expect(stdout).toBe("children\n1\n1\n1\n0\n");
    const messages = records.flatMap(({ failures }) =>
      failures.map(({ origin, exceptions }) => `${origin} ${exceptions[0]?.message}`),
    );
    expect(messages).toEqual(["process child 0", "process child 1", "process child 2"]);
    expect(new Set(records.map(({ pid }) => pid)).size).toBe(3);
  });

  it("asks nothing of objects that hang, raise or lie", async () => {
    const [found, ofWords] = await Promise.all([
      compared(python, ["broken.py"]),
      watched(python, ["broken.py", "words"]),
    ]);
    const failure = onlyFailure(found);
    expect(failure).toMatchObject({ exceptions: [{ message: "left and right do not fit" }] });
    expect(failure.exceptions[0]?.frames.flatMap(({ operands }) => operands)).toEqual([]);
    expect(userFrames(failure)[1]?.values).toEqual([
      { name: "pretender", type: "torch.Pretender", notes: ["unreadable"] },
    ]);
    expect(ofWords).toMatchObject({ exitCode: 9, stdout: "", stderr: "" });
    expect(onlyFailure(ofWords)).toMatchObject({ exceptions: [{ type: "__main__.Words", message: "" }] });
  });

  it("finds the failing part of a line that has several, and of a statement of many lines", async () => {
    const failure = onlyFailure(await compared(python, ["parts.py"]));
    const parts = failure.exceptions.map(
      ({ frames, message }) => frames.at(message === "third" ? -2 : message === "matmul" ? -2 : -1)?.expression,
    );
    expect(parts).toEqual(
      version === "3.6" || version === "3.7"
        ? expect.anything()
        : ["é @ ü[0]", "x[1]", "third(\n            1,\n        )"],
    );
  });

  it("is silent where Python does not load it, or has nowhere to write", async () => {
    const [isolated, gone, readOnly, file] = [
      newFolder(),
      join(newFolder(), "gone"),
      newFolder(),
      join(newFolder(), "file"),
    ];
    chmodSync(readOnly, 0o500);
    writeFileSync(file, "");
    const args = ["-c", "a = [1]\na[2]"];
    const found = await Promise.all([
      compared(python, ["-I", "-S", ...args], { run: isolated }),
      compared(python, args, { run: gone }),
      compared(python, args, { run: join(file, "x") }),
      compared(python, args, { env: { TMPDIR: readOnly } }),
    ]);
    expect(found.map(({ records }) => records.length)).toEqual([0, 0, 0, 1]);
    expect(userFrames(onlyFailure(found[3])).at(-1)).toMatchObject({ file: "<string>", line: 2 });
  });

  it("lets the system's own sitecustomize do its work, and hands its failure on", async () => {
    const [good, bad, project] = [newFolder(), newFolder(), newFolder()];
    writeFileSync(join(good, "sitecustomize.py"), "import sys\nsys.own = __file__\nwritten = 1\n");
    writeFileSync(join(bad, "sitecustomize.py"), "raise RuntimeError('of its own')\n");
    const say = "import sys, sitecustomize; print(sys.own, sitecustomize.written, sys.path[1:]); import own; 1 / 0";
    mkdirSync(join(project, "own"));
    const found = await compared(python, ["-c", say], { pythonPath: `${good}:${project}` });
    expect(found.stdout).toContain(good);
    expect(onlyFailure(found).exceptions[0]?.type).toBe("builtins.ZeroDivisionError");
    const failing = await compared(python, ["-c", "1 / 0"], { pythonPath: bad });
    expect(failing.stderr).toContain("of its own");
    expect(onlyFailure(failing).exceptions[0]?.type).toBe("builtins.ZeroDivisionError");
  });
});

describe("the hook", () => {
  it("has the syntax of Python 3.6, and its first file that of Python 2", () => {
    for (const [name, text] of Object.entries(hookFiles))
      expect([name, parses(newestPython(), text, "3.6")]).toEqual([name, true]);
    expect(hookFiles["sitecustomize.py"]).toMatch(/^[\x00-\x7f]*$/);
  });

  it.skipIf(!python2)(`says nothing in Python 2${python2 ? "" : ": there is none on this machine"}`, async () => {
    const own = newFolder();
    writeFileSync(join(own, "sitecustomize.py"), "import sys\nsys.own = 1\n");
    const found = await compared(python2 ?? "", ["-c", "import sys; print(sys.own); 1 / 0"], { pythonPath: own });
    expect(found).toMatchObject({ exitCode: 1, stdout: "1\n", records: [] });
  });

  it("imports no framework and next to nothing else, before and after a failure", async () => {
    const list = "import sys; print(sorted(sys.modules))";
    const [without, found] = await Promise.all([
      watched(newestPython(), ["-E", "-c", list]),
      watched(newestPython(), ["-c", list]),
    ]);
    const names = (text: string) => text.match(/[\w.]+/g) ?? [];
    const before = new Set(names(without.stdout));
    expect(names(found.stdout).filter((name) => !before.has(name))).toEqual([
      "_tensorline",
      "_tensorline.watch",
      "atexit",
      "sitecustomize",
    ]);
  });

  it("leaves a record of the failure alone where the whole would be too large", async () => {
    const failure = onlyFailure(await compared(newestPython(), ["-c", "raise RuntimeError('x' * 10**6)"]));
    expect(failure.exceptions[0]?.message).toBe("x".repeat(8000));
  });

  it("keeps the newest failures of many, in bounds", async () => {
    const { records } = await watched(newestPython(), ["many.py"]);
    const failures = records[0]?.failures ?? [];
    expect(failures.length).toBeGreaterThan(2);
    expect(failures.length).toBeLessThanOrEqual(16);
    expect(failures.at(-1)?.exceptions[0]?.message).toMatch(/^39 é{7997}$/);
    expect(failures.at(-1)).toMatchObject({ isCut: true, exceptions: [{ frames: { length: 40 } }] });
  });

  it("has the allocator's figures of the moment when memory ran out, without using CUDA before", async () => {
    const { memory, exceptions } = onlyFailure(await compared(newestPython(), ["cudaMemory.py"]));
    expect(exceptions[0]?.type).toBe("torch.OutOfMemoryError");
    const figures = { device: "cuda:1", allocated: 4000, free: 300, reserved: 6000, peak: 5000, total: 8000 };
    expect(memory).toEqual({ ...figures, largest: [] });
  });
});
