import { describe, expect, it } from "vitest";
import { cleanLines } from "../../../src/core/tensors/clean";
import { takeApart } from "../../../src/core/tensors/expression";
import {
  broadcastClash,
  broadcastShape,
  elementCount,
  isReordered,
  matmulClash,
  readShape,
} from "../../../src/core/tensors/shapes";
import { createReader, findShapes } from "../../../src/core/tensors/template";

describe("a shape", () => {
  it.each([
    ["torch.Size([2, 3])", [2, 3]],
    ["[2,3]", [2, 3]],
    ["(5,)", [5]],
    ["()", []],
    ["(None, 1)", [null, 1]],
    ["32x784", [32, 784]],
    ["(1x2x2)", [1, 2, 2]],
    ["(3 x 3)", [3, 3]],
    ["{[3, 2]}", [3, 2]],
    ["[-1, 4]", [-1, 4]],
    ["(2,newaxis,newaxis)", [2, null, null]],
    ["[s0, 3]", [null, 3]],
    ["torch.Size([])", []],
  ])("is read from %s", (text, shape) => {
    expect(readShape(text)).toEqual({ shape });
  });

  it("is read with its element type", () => {
    expect(findShapes("float32[2,3] and int32[], bool[3]")).toEqual([
      { shape: [2, 3], dtype: "float32" },
      { shape: [], dtype: "int32" },
      { shape: [3], dtype: "bool" },
    ]);
  });

  it.each(["(a b)", "[1.5, 2]", "word", "[[1, 2]]", "", "(1, 'x')"])("is not %s", (text) => {
    expect(readShape(text)).toBeUndefined();
  });

  it("broadcasts from the right, and says where it does not", () => {
    expect(broadcastShape([4, 1], [4])).toEqual([4, 4]);
    expect(broadcastShape([2, 1, 3], [5, 1])).toEqual([2, 5, 3]);
    expect(broadcastClash([3, 4], [5, 4])).toEqual([0, 0]);
    expect(broadcastClash([2, 3, 4], [4])).toBeUndefined();
    expect(broadcastClash([null, 10], [7, 10])).toBeUndefined();
    expect(broadcastShape([3], [4])).toBeUndefined();
  });

  it("multiplies as a matrix, and says where it does not", () => {
    expect(matmulClash([32, 784], [512, 10])).toEqual([1, 0]);
    expect(matmulClash([2, 3, 4], [4])).toBeUndefined();
    expect(matmulClash([3], [4])).toEqual([0, 0]);
    expect(matmulClash([2, null], [3, 4])).toBeUndefined();
  });

  it("counts its elements and knows its order", () => {
    expect(elementCount([])).toBe(1);
    expect(elementCount([2, 0])).toBe(0);
    expect(elementCount([2, null])).toBeUndefined();
    expect(elementCount([-1, 2])).toBeUndefined();
    expect(isReordered([24, 32, 64], [24, 64, 32])).toBe(true);
    expect(isReordered([2, 3], [2, 3])).toBe(false);
  });
});

describe("an expression", () => {
  it.each([
    ["return self.fc2(h)", { function: "self.fc2", arguments: ["h"] }],
    ["loss = F.mse_loss(pred, target=y[0, 1])", { function: "F.mse_loss", arguments: ["pred", "y[0, 1]"] }],
    ["a + b @ c", { operator: "+", arguments: ["a", "b @ c"] }],
    ["a - b + c", { operator: "+", arguments: ["a - b", "c"] }],
    ["x[0] ** -y", { operator: "**", arguments: ["x[0]", "-y"] }],
    ["total += step", { operator: "+", arguments: ["total", "step"] }],
    ["f(a) @ g(b)", { operator: "@", arguments: ["f(a)", "g(b)"] }],
  ])("%s is taken apart", (text, parts) => {
    expect(takeApart(text)).toEqual(parts);
  });

  it.each(["x", "-x", "f(a)(b)", "import torch", "(", "a +"])("%s is left whole", (text) => {
    expect(takeApart(text)).toBeUndefined();
  });
});

it("a template reads wrapped messages and gives what stands in its places", () => {
  const { read } = createReader("cannot be multiplied ({a:shape} and {b:shape}) in {what:text}");
  const reading = read("x cannot be\nmultiplied (3x4  and\n 5x6) in this line");
  expect(reading?.words.what).toBe("this line");
  expect([...(reading?.shapes ?? [])]).toEqual([
    ["a", { shape: [3, 4] }],
    ["b", { shape: [5, 6] }],
  ]);
  expect(read("cannot be multiplied (many and few) in all")).toBeUndefined();
  expect(() => createReader("{a:nothing}")).toThrow("no such kind");
});

it("lines lose colours, prefixes, boxes and timestamps, and keep their rank", () => {
  const text =
    "\u001b[31m[default1]:[rank1]: RuntimeError: x\u001b[0m\r\n2026-01-02 03:04:05,678 ERROR root: went wrong\n│   a = b   │\n╭── title ──╮\n10%\r20%";
  expect(cleanLines(text)).toEqual([
    { text: "RuntimeError: x", rank: 1 },
    { text: "went wrong" },
    { text: "  a = b" },
    { text: "10%" },
    { text: "20%" },
  ]);
});
