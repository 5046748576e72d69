import { describe, expect, it } from "vitest";
import { parseRunRecord } from "../../../../src/core/tensors/record";
import type { RunRecord } from "../../../../src/shared/tensors";

const record: RunRecord = {
  format: 1,
  pid: 4711,
  parentPid: 4710,
  program: "train.py",
  folder: "/home/ada/project",
  python: "3.11.7",
  versions: { torch: "2.13.0+cpu" },
  rank: { rank: 1, localRank: 1, worldSize: 2 },
  failures: [
    {
      origin: "main",
      at: "2026-11-22T21:26:43.173Z",
      exceptions: [
        {
          type: "builtins.RuntimeError",
          message: "mat1 and mat2 shapes cannot be multiplied\n(32x784 and 512x10)",
          frames: [
            {
              file: "/home/ada/project/train.py",
              line: 15,
              endLine: 15,
              column: 4,
              endColumn: 12,
              function: "Net.forward",
              isUser: true,
              expression: "self.fc2(h)",
              operands: [
                {
                  name: "h",
                  type: "torch.Tensor",
                  shape: [null, 784],
                  dtype: "float32",
                  device: "cpu",
                  strides: [-1, 1],
                },
              ],
              values: [],
            },
          ],
        },
      ],
      layers: [{ path: "head.fc2", type: "Linear", sizes: "in_features=512, out_features=10, bias=True" }],
      memory: { device: "cuda:0", allocated: 1, free: 0, largest: [] },
      isCut: false,
    },
  ],
};

const text = JSON.stringify(record);

/** The record with one value replaced, by the path to it. */
function changed(path: string, value: unknown): string {
  const copy: unknown = JSON.parse(text);
  const names = path.split(".");
  const last = names.pop() ?? "";
  const holder = names.reduce<unknown>((at, name) => Reflect.get(Object(at), name), copy);
  Reflect.set(Object(holder), last, value);
  return JSON.stringify(copy);
}

const frame = "failures.0.exceptions.0.frames.0";

describe("a record of a run", () => {
  it("is read as it was written", () => {
    expect(parseRunRecord(text)).toEqual(record);
  });

  it("is nothing wherever it was cut", () => {
    for (let length = 0; length < text.length; length += 7)
      expect(parseRunRecord(text.slice(0, length))).toBeUndefined();
    expect(parseRunRecord(text.slice(0, -1))).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ["format", 2],
    ["pid", -1],
    ["pid", 1.5],
    ["pid", 2 ** 60],
    ["pid", "4711"],
    ["python", "three"],
    ["versions", { "not a name": "1" }],
    ["failures.0.origin", "elsewhere"],
    ["failures.0.at", "yesterday"],
    ["failures.0.at", "2026-99-22T21:26:43Z"],
    ["failures.0.exceptions", []],
    ["failures.0.exceptions.0.frames", Array.from({ length: 41 }, () => record.failures[0]?.exceptions[0]?.frames[0])],
    [`${frame}.line`, null],
    [`${frame}.operands.0.shape`, [Number.MAX_VALUE]],
    [`${frame}.operands.0.shape`, Array.from({ length: 65 }, () => 1)],
    [`${frame}.operands.0.shape`, "32x784"],
    ["failures.0.memory.free", -5],
  ])("is nothing with %s %j", (path, value) => {
    expect(parseRunRecord(changed(path, value))).toBeUndefined();
  });

  it.each(["null", "[]", "1", '"record"', "{}", "", "[".repeat(100_000), `${" ".repeat(600_000)}${text}`])(
    "is nothing in other text",
    (other) => {
      expect(parseRunRecord(other)).toBeUndefined();
    },
  );

  it("has no text that a terminal would obey or that turns a line around, and none without an end", () => {
    const hostile = "a\u001b]0;title\u0007b\u001b[2Jc\u202ed\u0000e\r\nf\tg\ud800";
    const file = parseRunRecord(changed(`${frame}.file`, hostile))?.failures[0]?.exceptions[0]?.frames[0]?.file;
    expect(file).toBe("abcde f g\ufffd");
    const message = parseRunRecord(changed("failures.0.exceptions.0.message", hostile))?.failures[0]?.exceptions[0]
      ?.message;
    expect(message).toBe("abcde\nf\tg\ufffd");
    const long = parseRunRecord(changed("program", "x".repeat(100_000)))?.program;
    expect(long).toHaveLength(600);
  });

  it("keeps nothing that it does not know", () => {
    expect(parseRunRecord(changed("secret", "of another version"))).toEqual(record);
    expect(parseRunRecord(text.replace('"pid"', '"__proto__":{"x":1},"pid"'))).toEqual(record);
  });
});
