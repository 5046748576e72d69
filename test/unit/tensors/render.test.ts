import { describe, expect, it } from "vitest";
import { explanationLine, openWords, renderExplanation } from "../../../src/core/tensors/render";
import { columnsOf, cutTo, shownText, wrapped } from "../../../src/core/tensors/shownText";
import type { Explanation } from "../../../src/shared/tensors";

const matmul: Explanation = {
  kind: "matmul",
  framework: "torch",
  summary: "fc2 needs 512 features and got 784: h skipped fc1 (784 → 512)?",
  message: "mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)",
  expression: "self.fc2(h)",
  operands: [
    { name: "h", shape: [32, 784], dtype: "float32", device: "cuda:0", clash: [1], note: "last dimension 784" },
    { name: "fc2.weight", shape: [10, 512], dtype: "float32", device: "cuda:0", clash: [1], note: "expects 512" },
  ],
  module: "head.fc2",
  layers: [
    { path: "", type: "Net" },
    { path: "head", type: "Sequential" },
    { path: "head.fc2", type: "Linear", sizes: "in_features=512, out_features=10, bias=True" },
  ],
  rule: "the last dimension of the input has to be in_features",
  fixes: [{ text: "pass h through fc1 first" }, { text: "Linear(784, 10)" }],
  confidence: 0.9,
  location: { file: "/code/model.py", line: 41 },
  others: 0,
};

const plain = (explanation: Partial<Explanation>, columns = 90) =>
  renderExplanation({ ...matmul, ...explanation }, { columns, colour: false });

describe("an explanation in a terminal", () => {
  it("is a box with place, layer, aligned operands, reason and fixes", () => {
    expect(plain({})).toEqual([
      `╭ tensorline ${"─".repeat(76)}`,
      "│ model.py:41   self.fc2(h)            Net › head › fc2: Linear(512 → 10)",
      "│ h            float32[32, ≠784] cuda:0   last dimension 784",
      "│ fc2.weight   float32[10, ≠512] cuda:0   expects 512",
      "│ fc2 needs 512 features and got 784: h skipped fc1 (784 → 512)?",
      "│ fix ▸ pass h through fc1 first   ·   or Linear(784, 10)",
      `╰ open model.py:41 · show shapes ${"─".repeat(56)}`,
    ]);
  });

  it("is coloured where it is wished, and says the same then", () => {
    const coloured = renderExplanation(matmul, { columns: 90, colour: true });
    expect(coloured.join("\n")).toContain("\u001b[1;31m≠784\u001b[0m");
    expect(coloured.map((line) => line.replace(/\u001b\[[\d;]*m/g, ""))).toEqual(plain({}));
  });

  it.each([20, 40, 41, 57, 80, 119, 500])("fits into %i columns, of which 40 are the least", (columns) => {
    const long = { ...matmul, summary: "many words ".repeat(30), rule: "r".repeat(300) };
    const wide = long.operands.map((one) => ({ ...one, name: `${one.name}.名前`.repeat(6), note: "note ".repeat(30) }));
    for (const explanation of [long, { ...long, operands: wide }, { ...long, operands: [] }]) {
      const lines = plain(explanation, columns);
      const limit = Math.max(40, columns) - 1;
      for (const line of lines) expect(columnsOf(line), line).toBeLessThanOrEqual(limit);
      expect(lines.length).toBeLessThan(60);
    }
  });

  it("goes on without what is not known", () => {
    const bare = { operands: [], layers: [], fixes: [], confidence: 0.3 };
    const { location: _, expression: __, module: ___, ...rest } = matmul;
    expect(renderExplanation({ ...rest, ...bare }, { columns: 60, colour: false })).toEqual([
      `╭ tensorline (a guess) ${"─".repeat(36)}`,
      "│ fc2 needs 512 features and got 784: h skipped fc1 (784 →",
      "│ 512)?",
      "│ the last dimension of the input has to be in_features",
      `╰ show shapes ${"─".repeat(45)}`,
    ]);
  });

  it("tells the rank and how many failed after it, unknown sizes, and what was left out", () => {
    const operands = Array.from({ length: 12 }, (_, at) => ({ name: `t${at}`, shape: [null, at] }));
    const text = plain({ rank: 3, others: 2, operands }).join("\n");
    expect(text).toContain("rank 3, 2 others failed after it");
    expect(text).toContain("t0   [?, 0]");
    expect(text).toContain("and 4 more");
    expect(plain({ rank: 0, others: 1 }).join("\n")).toContain("rank 0, 1 other failed after it");
  });

  it("lets nothing of a program act on the terminal", () => {
    const bad = "\u001b]0;x\u0007\u009b31m\r\n\u202e\u2028\u0000";
    const hostile = plain({
      summary: bad,
      expression: bad,
      operands: [{ name: bad, shape: [1], dtype: bad, device: bad, note: bad }],
      layers: [{ path: bad, type: bad, sizes: bad }],
      fixes: [{ text: bad }],
      location: { file: `/a/${bad}`, line: 1 },
    });
    expect(hostile.join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
    expect(hostile.join("")).toContain("␛]0;x␇");
    expect(explanationLine({ ...matmul, summary: bad })).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  it("has a form of one line", () => {
    expect(explanationLine(matmul)).toBe(
      "model.py:41: fc2 needs 512 features and got 784: h skipped fc1 (784 → 512)? " +
        "(h float32[32, ≠784] cuda:0, fc2.weight float32[10, ≠512] cuda:0)",
    );
    expect(explanationLine({ ...matmul, summary: "s".repeat(1000) }).length).toBeLessThanOrEqual(300);
    expect(openWords(matmul)).toBe("open model.py:41");
  });
});

describe("text of a host in columns", () => {
  it("counts wide characters twice and marks not at all", () => {
    expect(["abc", "名前", "e\u0301", "🔥", "é"].map(columnsOf)).toEqual([3, 4, 1, 2, 1]);
    expect(cutTo("名前です", 5)).toBe("名前…");
    expect(wrapped("名前です ab", 4)).toEqual(["名前", "です", "ab"]);
  });

  it("shows what cannot be seen", () => {
    expect(shownText("a\tb\u001b\u0007\u0085\u200f")).toBe("a b␛␇\\u{85}\\u{200f}");
  });
});
