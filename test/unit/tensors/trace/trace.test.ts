import { describe, expect, it } from "vitest";
import { lineText, valueText } from "../../../../src/core/tensors/trace/lineText";
import { mergeTraces } from "../../../../src/core/tensors/trace/merge";
import { originOf } from "../../../../src/core/tensors/trace/origin";
import { parseProcessTrace } from "../../../../src/core/tensors/trace/parse";
import { originMarkdown, traceJson, traceMarkdown } from "../../../../src/core/tensors/trace/report";
import { createSymbols, shortType } from "../../../../src/core/tensors/trace/symbols";
import { flattened, layerTrees } from "../../../../src/core/tensors/trace/tree";
import type { ProcessTrace, ShapeTrace } from "../../../../src/shared/shapeTrace";
import { layer, line, processTrace, value } from "./traces";

function merged(...processes: ProcessTrace[]): ShapeTrace {
  const trace = mergeTraces(processes);
  if (!trace) throw new Error("there is no trace");
  return trace;
}

describe("a process's trace", () => {
  const text = JSON.stringify(processTrace({ lines: [line(3, [value("h", [32, null])])] }));

  it("is read as it was written", () => {
    expect(parseProcessTrace(text)).toEqual(processTrace({ lines: [line(3, [value("h", [32, null])])] }));
  });

  it.each([
    ["cut in the middle", text.slice(0, -20)],
    ["of another format", text.replace('"format":1', '"format":2')],
    ["with sizes that do not belong together", text.replace('"most":[32,null]', '"most":[32]')],
    ["with a size below nothing", text.replace('"most":[32,null]', '"most":[-1,null]')],
    ["too long", `${text}${" ".repeat(1024 * 1024)}`],
    ["no trace at all", "[]"],
  ])("is refused when it is %s", (_name, given) => {
    expect(parseProcessTrace(given)).toBeUndefined();
  });

  it("loses what would command a terminal", () => {
    const hostile = parseProcessTrace(text.replace('"name":"h"', '"name":"\\u001b]0;x\\u0007h\\n\\u202e"'));
    expect(hostile?.lines[0]?.values[0]?.name).toBe("h ");
  });
});

describe("the traces of a run", () => {
  it("become one, with the ends of all sizes", () => {
    const rank = (number: number, least: number, most: number): ProcessTrace =>
      processTrace({
        pid: number,
        rank: { rank: number },
        lines: [line(3, [value("h", [[least, most], 784], { device: `cuda:${number}`, count: 4, bytes: most })])],
        modules: [layer("fc", "Linear", { calls: 4, outputs: [value("output", [[least, most]])] })],
      });
    const trace = merged(rank(1, 16, 32), rank(0, 8, 32));
    expect(trace).toMatchObject({ processes: 2, ranks: [0, 1], isOver: true });
    expect(trace.lines[0]?.values).toEqual([value("h", [[8, 32], 784], { device: "cuda", count: 8, bytes: 32 })]);
    expect(trace.modules[0]).toMatchObject({ calls: 8, outputs: [{ least: [8], most: [32] }] });
  });

  it("tell of the process of which most was seen, and of all when they ended", () => {
    const helper = processTrace({ program: "-m helper", began: "2026-11-22T10:00:01.000Z", seconds: 5, isOver: false });
    const trace = merged(helper, processTrace({ lines: [line(1, [value("x", [2])])] }));
    expect(trace).toMatchObject({ program: "train.py", began: "2026-11-22T10:00:00.000Z", seconds: 6, isOver: false });
  });

  it("are none where nothing was written", () => {
    expect(mergeTraces([])).toBeUndefined();
  });
});

describe("symbolic sizes", () => {
  const trace = merged(
    processTrace({
      lines: [
        line(1, [value("x", [[8, 32], 784], { order: 1 })]),
        line(2, [value("y", [784, [8, 32]], { order: 2 }), value("z", [[64, 256], 1], { order: 3, dtype: "int64" })]),
        line(3, [value("odd", [null, 3], { order: 4, dtype: "bool" }), value("loss", [], { order: 5 })]),
      ],
    }),
  );
  const symbols = createSymbols(trace);

  it("have one letter for those that vary together", () => {
    const texts = trace.lines.flatMap(({ values }) => values.map((one) => symbols.shape(one)));
    expect(texts).toEqual(["f32[B≤32, 784]", "f32[784, B≤32]", "i64[N≤256, 1]", "bool[?, 3]", "f32[]"]);
    expect(symbols.letters).toEqual([
      { letter: "B", least: 8, most: 32 },
      { letter: "N", least: 64, most: 256 },
    ]);
  });

  it("stand after the line that made them", () => {
    const used = value("a", [1], { role: "used" });
    expect(trace.lines.map((one) => lineText(one, symbols))).toEqual([
      "x: f32[B≤32, 784]",
      "y: f32[784, B≤32]  z: i64[N≤256, 1]",
      "odd: bool[?, 3]  loss: f32[]",
    ]);
    expect(lineText(line(9, [used]), symbols)).toBeUndefined();
    expect(lineText(line(9, [value("return", [4], { role: "returned" })]), symbols)).toBe("→ f32[4]");
    expect(lineText(line(9, [value("h", [4]), value("h", [4, 2])]), symbols)).toBe("h: f32[4] | f32[4, 2]");
  });

  it("tell the rest about a value beside it", () => {
    expect(valueText(value("w", [4], { device: "cuda:0", requiresGrad: true, count: 3 }), symbols)).toBe(
      "w: f32[4], cuda:0, requires grad, 3 times",
    );
  });

  it.each([
    ["float32", "f32"],
    ["bfloat16", "bf16"],
    ["uint8", "u8"],
    ["complex64", "c64"],
    ["float8_e4m3fn", "float8_e4m3fn"],
    ["bool", "bool"],
    [undefined, ""],
  ])("shorten %s to %s", (dtype, short) => {
    expect(shortType(dtype)).toBe(short);
  });
});

describe("the layers of a model", () => {
  const trace = merged(
    processTrace({
      modules: [
        layer("head.0", "Linear", { parameters: 100, outputs: [value("output", [2], { order: 1, bytes: 8 })] }),
        layer("conv", "Conv2d", { parameters: 5, outputs: [value("output", [2], { order: 0, bytes: 4 })] }),
        layer("head", "Sequential", { outputs: [value("output", [2], { order: 2, bytes: 8 })] }),
        layer("head.1", "Linear", { calls: 0, parameters: 7 }),
        layer("", "Net", { outputs: [value("output", [2], { order: 3, bytes: 8 })] }),
        layer("", "Other", { root: 1 }),
      ],
    }),
  );

  it("are a tree in the order in which they ran, with sums", () => {
    const [net, other] = layerTrees(trace);
    const rows = net && flattened(net).map((one) => [one.depth, one.name, one.parameters, one.activationBytes]);
    expect(rows).toEqual([
      [0, "Net", 112, 12],
      [1, "conv", 5, 4],
      [1, "head", 107, 8],
      [2, "0", 100, 8],
      [2, "1", 7, 0],
    ]);
    expect(other?.name).toBe("Other");
  });
});

describe("where a size comes from", () => {
  const trace = merged(
    processTrace({
      lines: [
        line(10, [
          value("h", [[8, 32], 4, 14, 14], { order: 5 }),
          value("images", [[8, 32], 1, 28, 28], { role: "used" }),
        ]),
        line(11, [
          value("h", [[8, 32], 784], { order: 6 }),
          value("h", [[8, 32], 4, 14, 14], { role: "used", order: 7 }),
        ]),
        line(4, [value("x", [[8, 32], 784], { role: "given", order: 8 })], { function: "Head.forward" }),
        line(5, [value("x", [[8, 32], 784], { role: "used", order: 9 }), value("y", [[8, 32], 10], { order: 10 })]),
      ],
      modules: [
        layer("head.fc1", "Linear", { sizes: "in_features=784, out_features=10" }),
        layer("b", "Linear", { sizes: "in_features=1784" }),
      ],
    }),
  );

  it("is told by the lines in the order of the run, and by what made it", () => {
    const { steps, layers } = originOf(trace, 784);
    expect(steps.map((one) => [one.line.line, one.value.name, one.dimensions, one.factors])).toEqual([
      [11, "h", [1], [4, 14, 14]],
      [4, "x", [1], undefined],
    ]);
    expect(layers).toEqual(["head.fc1: Linear(in_features=784, out_features=10)"]);
  });

  it("follows a size that was there only at times", () => {
    expect(originOf(trace, 8).steps.map((one) => one.line.line)).toEqual([10, 11, 4, 5]);
    expect(originOf(trace, 16).steps).toEqual([]);
  });

  it("is a page", () => {
    const page = originMarkdown(originOf(trace, 784), trace);
    expect(page).toContain("784 first appears in line 11 of `train.py`.");
    expect(page).toContain("| `train.py`:11 | `main` | `h: f32[B≤32, 784]` | 4 × 14 × 14 |");
    expect(originMarkdown(originOf(trace, 5), trace)).toContain(
      "No line of the last trace made a tensor with a size of 5.",
    );
  });
});

describe("a trace to keep", () => {
  const trace = merged(
    processTrace({
      program: "<b>*x*|.py",
      isCut: true,
      lines: [line(1, [value("a|`b", [2])], { function: "f" })],
      modules: [layer("", "Net", { parameters: 1234, outputs: [value("output", [[1, 3]], { bytes: 4096 })] })],
      operations: [{ name: "aten.mm.default", calls: 2, inputs: [value("input 1", [2, 3])], outputs: [] }],
    }),
  );

  it("is Markdown whose cells a host cannot break", () => {
    const page = traceMarkdown(trace);
    expect(page).toContain("# Shapes of &lt;b&gt;\\*x\\*\\|.py");
    expect(page).toContain("| 1 | `f` |  | ``a\\|`b: f32[2]`` | cpu |");
    expect(page).toContain("| `Net` | Net |  | `f32[B≤3]` | 1,234 | 4 kB | cpu |");
    expect(page).toContain("|  | `aten.mm.default` | `f32[2, 3]` |  | 2 |");
    expect(page).toContain("**B** was 1 to 3.");
    expect(page).toContain("There was more than is kept.");
  });

  it("is JSON with shapes for people beside the sizes", () => {
    const told = JSON.parse(traceJson(trace)) as { symbols: unknown; modules: { outputs: unknown[] }[] };
    expect(told.symbols).toEqual([{ letter: "B", least: 1, most: 3 }]);
    expect(told.modules[0]?.outputs[0]).toMatchObject({ shape: "f32[B≤3]", least: [1], most: [3] });
  });
});
