import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { complaint, tensorline } from "./cli";

const traceback = (name: string) =>
  readFileSync(new URL(`../fixtures/tensors/tracebacks/${name}.txt`, import.meta.url));

describe("tensorline explain", () => {
  it("gives JSON with shapes as numbers and fixes as sentences", async () => {
    const { code, stdout, stderr } = await tensorline(["explain", "--json"], { input: traceback("torchrun") });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ kind: "broadcast", framework: "torch", rank: 1, others: 1 });
    const rich = await tensorline(["explain", "--json"], { input: traceback("rich") });
    expect(JSON.parse(rich.stdout)).toMatchObject({
      operands: [{ name: "h", shape: [32, 784] }, { shape: [512, 10] }],
      fix: [expect.stringContaining("Linear(784, 10)")],
      location: { file: "/home/mia/work/classifier/train.py", line: 22 },
    });
  });

  it("prints a small text", async () => {
    const { code, stdout } = await tensorline(["explain"], { input: traceback("pods") });
    expect(code).toBe(0);
    expect(stdout).toContain("/app/predict.py:8   left + right");
    expect(stdout).toContain("left   [672, 671]");
    expect(stdout).toContain("fix: use right.T");
  });

  it("ends with 3 and one sentence where there is nothing to explain", async () => {
    for (const input of ["", "KeyError: 'shape'\n", Buffer.from([0, 255, 254, 27, 10])]) {
      const outcome = await tensorline(["explain", "--json"], { input });
      expect(outcome).toMatchObject({ code: 3, stdout: "" });
      expect(complaint(outcome)).toMatch(/nothing about tensors/);
    }
  });
});
