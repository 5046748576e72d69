import { parse } from "valibot";
import { expect, it } from "vitest";
import { panelFailure } from "../../../src/features/tensors/panelFailure";
import { PanelFailureSchema } from "../../../src/shared/tensorPanel";
import type { Explanation, RunRecord } from "../../../src/shared/tensors";

const message = "mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)";

const explanation: Explanation = {
  kind: "matmul",
  framework: "torch",
  summary: "784 is not 512",
  message,
  operands: [{ name: "h", shape: [32, null], clash: [1] }],
  layers: [{ path: "", type: "Net" }],
  rule: "the inner sizes have to be equal",
  fixes: [
    { text: "transpose", edit: { place: { file: "a.py", line: 1 }, was: "h @ w", text: "h @ w.T" } },
    { text: "look" },
  ],
  confidence: 0.9,
  location: { file: "a.py", line: 1, endLine: 1, column: 2, endColumn: 7 },
  rank: 1,
  others: 1,
};

const frame = (name: string, isUser: boolean) => ({
  file: `/code/${name}.py`,
  line: 3,
  function: name,
  isUser,
  operands: [{ name: "h", type: "torch.nn.parameter.Parameter", shape: [32, 784], isContiguous: false, bytes: 9 }],
  values: [{ name: "x", type: "torch.Tensor" }],
});

const record = (rank: number, text: string): RunRecord => ({
  format: 1,
  pid: rank + 100,
  parentPid: 1,
  program: "train.py",
  folder: "/work",
  python: "3.12",
  versions: { torch: "2.13.0" },
  rank: { rank },
  failures: [
    {
      origin: "main",
      at: "2026-01-01T12:00:00Z",
      exceptions: [
        { type: "builtins.RuntimeError", message: text, frames: [frame("main", true), frame("inner", false)] },
      ],
      layers: [],
      siblings: [
        { path: "", type: "Net" },
        { path: "fc1", type: "Linear" },
      ],
      isCut: false,
    },
  ],
});

const facts = { id: 7, isHookSilent: false, isOver: false, canApply: [true] };

it("a failure is shown with what the record of its rank tells, the others folded", () => {
  const shown = panelFailure(explanation, [record(0, "aborted"), record(1, message)], facts);
  expect(parse(PanelFailureSchema, shown)).toEqual(shown);
  expect(shown.frames.map((one) => one.function)).toEqual(["inner", "main"]);
  expect(shown.frames[0]?.tensors).toEqual([
    { name: "h", type: "Parameter", shape: [32, 784], bytes: 9, isOperand: true, notes: ["not contiguous"] },
    { name: "x", type: "Tensor", isOperand: false, notes: [] },
  ]);
  expect(shown.others).toEqual([{ who: "rank 0", message: "RuntimeError: aborted" }]);
  expect(shown.siblings).toEqual([{ path: "fc1", type: "Linear" }]);
  expect(shown.fixes.map(({ canApply }) => canApply)).toEqual([true, false]);
  expect(shown.location).toEqual({ file: "a.py", line: 1, column: 2 });
  expect(shown).toMatchObject({ from: "record", facts: ["train.py", "Python 3.12", "torch 2.13.0"] });
});

it("a failure of which only text is known says so", () => {
  const shown = panelFailure(explanation, [], { ...facts, isHookSilent: true });
  expect(parse(PanelFailureSchema, shown)).toEqual(shown);
  expect(shown).toMatchObject({ from: "text", frames: [], exceptions: [], others: [], isHookSilent: true });
});
