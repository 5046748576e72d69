import { describe, expect, it } from "vitest";
import { hookFiles } from "../../src/core/tensors/hookFiles";
import { newestPython, parses, pythons } from "./hookHost";
import { shownLines, standIn, traced, whole } from "./traceHost";

const minute = 60_000;

/** The oldest, the last with a trace function, the first two that announce lines, as far as they are here. */
const some = [...pythons].filter(([version], index) => index === 0 || ["3.11", "3.12", "3.13"].includes(version));

describe.skipIf(some.length === 0)(`the shape trace${some.length === 0 ? ": there is no Python" : ""}`, () => {
  it.each(some)(
    "sees every line of a loop, its short last batch included, on Python %s",
    { timeout: minute },
    async (_version, python) => {
      const found = await traced(python, ["steps.py"], "lines", standIn);
      expect({ ...found, traces: found.traces.length }).toEqual({
        stdout: "(4, 10) 3 2\n",
        stderr: "",
        exitCode: 0,
        traces: 1,
      });
      const trace = whole(found);
      expect(trace).toMatchObject({
        program: "steps.py",
        modes: ["lines"],
        isOver: true,
        isCut: false,
        isStopped: false,
      });
      expect(shownLines(trace)).toEqual([
        "6 x: f32[B≤32, 28, 28]  weight: f32[784, 10]",
        "7 h: f32[B≤32, 784]",
        "8 → f32[B≤32, 10]",
        '15 data["x"]: f32[100, 28, 28]',
        "16 weight: f32[784, 10]",
        "18 batch: f32[B≤32, 28, 28]",
        "19 scores: f32[B≤32, 10]",
        "21 pair[0]: f32[B≤32, 28, 28]  pair[1]: f32[B≤32, 10]",
      ]);
      expect(trace.lines.find(({ line }) => line === 8)).toMatchObject({ function: "project" });
    },
  );

  it.each(some)(
    "changes nothing that a program can notice on Python %s",
    { timeout: minute },
    async (_version, python) => {
      const [without, found] = await Promise.all([
        traced(python, ["-W", "ignore", "unusual.py"], undefined, standIn),
        traced(python, ["-W", "ignore", "unusual.py"], "lines,modules,operations", standIn),
      ]);
      const { stdout, stderr, exitCode } = found;
      expect({ stdout, stderr, exitCode }).toEqual({ stdout: without.stdout, stderr: without.stderr, exitCode: 5 });
      const lines = shownLines(whole(found));
      expect(lines).toContain("35 h: f32[3, 5]");
      expect(lines).toContain("55 part: f32[B≤3, 6]");
      expect(without.traces).toEqual([]);
    },
  );

  it.each(some)(
    "leaves the lines to a program that traces itself, on Python %s",
    { timeout: minute },
    async (_version, python) => {
      const [without, found] = await Promise.all([
        traced(python, ["debugged.py"], undefined, standIn),
        traced(python, ["debugged.py"], "lines", standIn),
      ]);
      expect(found).toMatchObject({ stdout: without.stdout, stderr: "", exitCode: 0 });
      const trace = whole(found);
      expect(trace.isStopped).toBe(true);
      expect(shownLines(trace)).toContain("17 h: f32[3, 4]");
    },
  );

  it("is written in the syntax of Python 3.6", () => {
    const texts = Object.entries(hookFiles).filter(([name]) => name.includes("trace"));
    expect(texts.length).toBeGreaterThan(3);
    for (const [name, text] of texts) expect([name, parses(newestPython(), text, "3.6")]).toEqual([name, true]);
  });
});
