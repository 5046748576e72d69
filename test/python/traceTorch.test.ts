import { describe, expect, it } from "vitest";
import { originOf } from "../../src/core/tensors/trace/origin";
import { createSymbols } from "../../src/core/tensors/trace/symbols";
import { flattened, layerTrees } from "../../src/core/tensors/trace/tree";
import { shownLines, traced, whole } from "./traceHost";
import { realVenv } from "./venvs";

/** Long enough for an installation. */
const minutes = 600_000;

const torch = await realVenv("python3", ["torch"]);
const python = "interpreter" in torch ? torch.interpreter : "";

describe.skipIf(torch.without)(`the shape trace with real PyTorch${torch.without}`, () => {
  it("sees lines and layers of a training loop whose last batch is short", { timeout: minutes }, async () => {
    const found = await traced(python, ["-W", "ignore", "net.py"], "lines,modules");
    expect(found).toMatchObject({ stdout: "(8, 1, 28, 28) 0\n", exitCode: 0 });
    const trace = whole(found);
    expect(shownLines(trace)).toEqual([
      "14 x: f32[B≤32, 784]",
      "15 h: f32[B≤32, 32]",
      "16 → f32[B≤32, 10]",
      "26 images: f32[B≤32, 1, 28, 28]",
      "27 h: f32[B≤32, 4, 14, 14]",
      "28 h: f32[B≤32, 784]",
      "29 → f32[B≤32, 10]",
      "33 images: f32[72, 1, 28, 28]  labels: i64[72]",
      "37 batch: f32[B≤32, 1, 28, 28]",
      "38 target: i64[B≤32]",
      "39 loss: f32[]",
    ]);
    const symbols = createSymbols(trace);
    const [net] = layerTrees(trace);
    const rows = net ? flattened(net) : [];
    expect(rows.map(({ layer, parameters }) => [layer.path, layer.calls, parameters])).toEqual([
      ["", 3, 25_502],
      ["conv", 3, 40],
      ["pool", 3, 0],
      ["head", 3, 25_462],
      ["head.fc1", 3, 25_120],
      ["head.fc2", 3, 330],
      ["head.unused", 0, 12],
    ]);
    expect(rows[3]?.layer.inputs.map(symbols.shape)).toEqual(["f32[B≤32, 784]"]);
    // The pool's, and the two of the head.
    expect(net?.activationBytes).toBe(4 * 32 * (4 * 28 * 28 + 4 * 14 * 14 + 32 + 10));
    const [first, ...rest] = originOf(trace, 784).steps;
    expect([first?.line.line, first?.factors, rest.map(({ line }) => line.line)]).toEqual([28, [4, 14, 14], [14]]);
  });

  it("sees every operation, and leaves a failure its own traceback", { timeout: minutes }, async () => {
    const found = await traced(python, ["-W", "ignore", "operations.py"], "operations");
    expect(found).toMatchObject({ stdout: "", exitCode: 1 });
    expect(found.stderr).not.toContain("_tensorline");
    expect(
      found.stderr.match(/^RuntimeError: mat1 and mat2 shapes cannot be multiplied \(4x5 and 3x2\)$/gm),
    ).toHaveLength(1);
    const { operations } = whole(found);
    const told = operations.map(({ name, line, calls, outputs }) => [
      name,
      line,
      calls,
      outputs.map(({ most }) => most),
    ]);
    expect(told).toContainEqual(["aten.relu.default", 7, 1, [[4, 5]]]);
  });
});
