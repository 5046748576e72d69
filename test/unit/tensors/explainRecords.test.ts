import { describe, expect, it } from "vitest";
import { explainRecords } from "../../../src/core/tensors/explain";
import type {
  FailureException,
  FailureFrame,
  RunRecord,
  TensorFailure,
  TensorValue,
} from "../../../src/shared/tensors";

const tensor = (name: string, shape: readonly number[], more: Partial<TensorValue> = {}): TensorValue => ({
  name,
  type: "torch.Tensor",
  shape,
  dtype: "float32",
  device: "cuda:0",
  ...more,
});

const frame = (source: string, operands: readonly TensorValue[], more: Partial<FailureFrame> = {}): FailureFrame => {
  const expression = source.replace(/^\s*(?:return |\w+ = )/, "");
  return {
    file: "/home/mia/model.py",
    line: 41,
    endLine: 41,
    column: 15,
    endColumn: 15 + expression.length,
    function: "forward",
    isUser: true,
    source,
    expression,
    operands,
    values: [],
    ...more,
  };
};

const inTorch = (operands: readonly TensorValue[]): FailureFrame =>
  frame("return F.linear(input, self.weight, self.bias)", operands, {
    file: "/venv/lib/python3.12/site-packages/torch/nn/modules/linear.py",
    isUser: false,
  });

const failure = (
  message: string,
  frames: readonly FailureFrame[],
  more: Partial<TensorFailure> = {},
): TensorFailure => ({
  origin: "main",
  at: "2026-03-04T10:00:00Z",
  exceptions: [{ type: "builtins.RuntimeError", message, frames } satisfies FailureException],
  layers: [],
  isCut: false,
  ...more,
});

const record = (failures: readonly TensorFailure[], more: Partial<RunRecord> = {}): RunRecord => ({
  format: 1,
  pid: 7,
  parentPid: 6,
  program: "model.py",
  folder: "/home/mia",
  python: "3.12.3",
  versions: { torch: "2.13.0" },
  failures,
  ...more,
});

const explain = (message: string, frames: readonly FailureFrame[], more: Partial<TensorFailure> = {}) =>
  explainRecords([record([failure(message, frames, more)])]);

describe("a recorded failure", () => {
  const h = tensor("h", [32, 784]);
  const fc2 = [tensor("input", [32, 784]), tensor("self.weight", [10, 512]), tensor("self.bias", [10])];
  const layers = [
    { path: "", type: "Net" },
    { path: "head", type: "Head" },
    { path: "head.fc2", type: "Linear", sizes: "in_features=512, out_features=10, bias=True" },
  ];
  const message = "mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)";

  it("names the user's tensor, the layer, and one beside it that was skipped", () => {
    const siblings = [{ path: "head.fc1", type: "Linear", sizes: "in_features=784, out_features=512, bias=True" }];
    expect(explain(message, [frame("return self.fc2(h)", [h]), inTorch(fc2)], { layers, siblings })).toMatchObject({
      kind: "matmul",
      framework: "torch",
      module: "head.fc2",
      expression: "self.fc2(h)",
      location: { file: "/home/mia/model.py", line: 41, column: 15 },
      summary: "fc2 needs 512 features and got 784: h skipped fc1 (784 → 512)?",
      operands: [
        { name: "h", shape: [32, 784], dtype: "float32", device: "cuda:0", clash: [1], note: "last dimension 784" },
        { name: "fc2.weight", shape: [10, 512], clash: [1], note: "expects 512" },
      ],
      fixes: [
        { text: "pass h through fc1 first", edit: { was: "self.fc2(h)", text: "self.fc2(self.fc1(h))" } },
        { text: "make it Linear(784, 10)" },
      ],
    });
  });

  it("tells what reached a layer that the user's line calls by way of others", () => {
    const inRow = [tensor("input", [32, 512]), tensor("self.weight", [10, 256]), tensor("self.bias", [10])];
    const row = [...layers.slice(0, 1), { path: "seq.2", type: "Linear", sizes: "in_features=256, out_features=10" }];
    const told = explain(
      "mat1 and mat2 shapes cannot be multiplied (32x512 and 256x10)",
      [frame("return self.seq(h)", [h]), inTorch(inRow)],
      { layers: row },
    );
    expect(told).toMatchObject({
      summary: "Linear 2 needs 256 features and got 512",
      operands: [
        { name: "input of seq.2", shape: [32, 512], clash: [1] },
        { name: "seq.2.weight", shape: [10, 256], clash: [1] },
      ],
    });
    expect(told?.fixes).toEqual([{ text: "make it Linear(512, 10)" }]);
  });

  it("offers a flattening as one safe edit", () => {
    const images = tensor("images", [32, 16, 4, 8]);
    const told = explain(
      "mat1 and mat2 shapes cannot be multiplied (2048x8 and 512x10)",
      [frame("return self.fc2(images)", [images]), inTorch([tensor("input", [32, 16, 4, 8]), ...fc2.slice(1)])],
      { layers },
    );
    expect(told?.fixes[0]).toEqual({
      text: "pass images.flatten(1), which is [32, 512]",
      edit: {
        place: { file: "/home/mia/model.py", line: 41, column: 15, endColumn: 31 },
        was: "self.fc2(images)",
        text: "self.fc2(images.flatten(1))",
      },
    });
  });

  it("offers no edit where the place or the operand is not exactly known", () => {
    const turned = [tensor("a", [3, 4]), tensor("b", [5, 4])];
    const told = (more: Partial<FailureFrame>, source = "y = a @ b") =>
      explain("mat1 and mat2 shapes cannot be multiplied (3x4 and 5x4)", [frame(source, turned, more)])?.fixes[0];
    expect(told({})?.edit?.text).toBe("a @ b.T");
    expect(told({ endLine: 42 })).toEqual({ text: "use b.T, which is [4, 5]" });
    expect(told({ endColumn: 99 })).toEqual({ text: "use b.T, which is [4, 5]" });
    expect(told({ source: "something else" })).toEqual({ text: "use b.T, which is [4, 5]" });
    expect(told({}, "y = f(b) @ b")).toEqual({ text: "use b.T, which is [4, 5]" });
  });

  it("tells which tensor is on another device and moves it", () => {
    const told = explain(
      "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!",
      [frame("y = x * mask", [tensor("x", [8, 3]), tensor("mask", [8, 3], { device: "cpu" })])],
    );
    expect(told).toMatchObject({ kind: "device", summary: "mask is on cpu and x on cuda:0" });
    expect(told?.fixes[0]?.edit?.text).toBe("x * mask.to(x.device)");
  });

  it("casts what is not of the model's type", () => {
    const told = explain("mat1 and mat2 must have the same dtype, but got Double and Float", [
      frame("y = model(x)", [tensor("x", [2, 3], { dtype: "float64" })]),
      inTorch([tensor("input", [2, 3], { dtype: "float64" }), tensor("self.weight", [4, 3])]),
    ]);
    expect(told).toMatchObject({ kind: "dtype", summary: "x is float64 and model.weight float32" });
    expect(told?.fixes[0]?.edit?.text).toBe("model(x.float())");
  });

  it("tells the loss that is broadcast, from a warning", () => {
    const told = explain(
      "Using a target size (torch.Size([4])) that is different to the input size (torch.Size([4, 1])). This will likely lead to incorrect results due to broadcasting.",
      [frame("loss = F.mse_loss(pred, y)", [tensor("pred", [4, 1]), tensor("y", [4])])],
      { origin: "warning" },
    );
    expect(told).toMatchObject({ kind: "lossBroadcast", operands: [{ name: "pred" }, { name: "y" }] });
    expect(told?.fixes[0]?.edit?.text).toBe("F.mse_loss(pred.squeeze(-1), y)");
  });

  it("computes the batch that would fit", () => {
    const gib = 2 ** 30;
    const told = explain("CUDA out of memory. Tried to allocate 2.00 GiB.", [frame("y = net(x)", [])], {
      memory: {
        device: "cuda:0",
        allocated: 15 * gib,
        free: gib,
        total: 16 * gib,
        largest: [
          tensor("acts", [64, 4096, 1024], { bytes: 8 * gib }),
          tensor("self.weight", [4096, 4096], { type: "torch.nn.parameter.Parameter", bytes: gib }),
        ],
      },
    });
    expect(told).toMatchObject({
      kind: "outOfMemory",
      operands: [{ name: "acts", note: "8.00 GiB" }, { name: "self.weight" }],
    });
    expect(told?.fixes[0]?.text).toBe("a batch of about 56 in place of 64 would fit");
  });

  it("goes by the operands where no rule knows the message", () => {
    const told = explain("the kernel said no", [frame("y = a @ b", [tensor("a", [3, 4]), tensor("b", [5, 6])])]);
    expect(told).toMatchObject({ kind: "matmul", confidence: 0.6, summary: "a [3, 4] @ b [5, 6]: 4 is not 5" });
    const unknown = explain("bad shape for the encoder", [frame("encode(t)", [tensor("t", [3, 4])])]);
    expect(unknown).toMatchObject({
      kind: "unknown",
      confidence: 0.3,
      fixes: [],
      operands: [{ name: "t", shape: [3, 4] }],
    });
  });

  it("leaves ordinary failures alone, even with tensors around them", () => {
    const frames = [frame("y = table[key]", [tensor("x", [3, 4])])];
    expect(explain("no such row", frames)).toBeUndefined();
    expect(
      explainRecords([
        record([{ ...failure("", frames), exceptions: [{ type: "builtins.KeyError", message: "'shape'", frames }] }]),
      ]),
    ).toBeUndefined();
    expect(explainRecords([])).toBeUndefined();
  });
});

describe("the records of several ranks", () => {
  const lost = failure("[pair.cc:525] Connection closed by peer", [frame("loss.backward()", []), inTorch([])], {
    at: "2026-03-04T10:00:00Z",
  });
  const real = failure(
    "mat1 and mat2 shapes cannot be multiplied (4x6 and 5x6)",
    [frame("y = a @ b", [tensor("a", [4, 6]), tensor("b", [5, 6])])],
    {
      at: "2026-03-04T10:00:05Z",
    },
  );
  const ranked = (rank: number, one: TensorFailure) => record([one], { pid: rank + 10, rank: { rank, worldSize: 4 } });

  it("give the first cause in time and count the rest; a lost peer never wins", () => {
    const later = { ...real, at: "2026-03-04T10:00:07Z" };
    const peer = {
      ...lost,
      exceptions: lost.exceptions.map((one) => ({ ...one, message: `ProcessGroupGloo: ${one.message}` })),
    };
    expect(explainRecords([ranked(0, peer), ranked(2, later), ranked(1, real)])).toMatchObject({
      kind: "matmul",
      rank: 1,
      others: 2,
    });
    expect(explainRecords([ranked(0, peer)])).toMatchObject({ kind: "peerLost", rank: 0, others: 0 });
  });

  it("prefer what failed to what was only warned of", () => {
    const warned = failure(
      "Using a target size (torch.Size([4])) that is different to the input size (torch.Size([4, 1]))",
      [frame("x = 1", [])],
      {
        origin: "warning",
        at: "2026-03-04T09:00:00Z",
      },
    );
    expect(explainRecords([record([warned, real])])).toMatchObject({ kind: "matmul" });
    expect(explainRecords([record([warned])])).toMatchObject({ kind: "lossShape" });
  });
});
