import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { explainText } from "../../../src/core/tensors/explain";

/** Our own texts in the forms in which terminals and logs show failures. */
const told = (name: string) =>
  explainText(readFileSync(new URL(`../../fixtures/tensors/tracebacks/${name}.txt`, import.meta.url), "utf8"));
const fixes = (name: string) => told(name)?.fixes.map(({ text }) => text);

describe("a whole traceback", () => {
  it("of rich, in its box and wrapped", () => {
    expect(told("rich")).toMatchObject({
      kind: "matmul",
      location: { file: "/home/mia/work/classifier/train.py", line: 22 },
      expression: "self.fc2(h)",
      summary: "fc2 needs 512 features and got 784",
      operands: [
        { name: "h", shape: [32, 784], clash: [1] },
        { shape: [512, 10], clash: [0] },
      ],
    });
  });

  it("of several ranks under torchrun: the first cause, the rest counted", () => {
    expect(told("torchrun")).toMatchObject({
      kind: "broadcast",
      rank: 1,
      others: 1,
      expression: "logits - offsets",
      summary: "logits has 10 and offsets has 8 at dimension 1 of the result",
      location: { file: "/data/ddp.py", line: 33 },
    });
  });

  it("of a rank that lost its peer never wins, even where it comes first", () => {
    expect(told("peerFirst")).toMatchObject({
      kind: "matmul",
      rank: 3,
      others: 1,
      operands: [{ name: "a" }, { name: "b" }],
    });
    expect(fixes("peerFirst")).toContain("use b.T, which is [6, 5]");
  });

  it("of JAX with its frames removed", () => {
    expect(told("jaxFiltered")).toMatchObject({
      kind: "broadcast",
      framework: "jax",
      location: { line: 9 },
      operands: [
        { name: "params", shape: [3, 4], clash: [0] },
        { name: "batch", shape: [5, 4], clash: [0] },
      ],
    });
  });

  it("of a TensorFlow graph, in user code", () => {
    expect(told("tensorflowGraph")).toMatchObject({
      kind: "matmul",
      framework: "tensorflow",
      location: { file: "/srv/model.py", line: 14 },
      operands: [
        { name: "left", shape: [2, 3], clash: [1] },
        { name: "right", shape: [4, 5], clash: [0] },
      ],
    });
  });

  it("of Keras, which names the layer", () => {
    expect(told("kerasFit")).toMatchObject({
      kind: "layerInput",
      framework: "keras",
      module: "dense_3",
      summary: "dense_3 needs 784 features and got 28",
      operands: [{ shape: [null, 28, 28], clash: [2] }],
      location: { file: "/srv/fit.py", line: 11 },
    });
    expect(fixes("kerasFit")).toContain("put a Flatten layer before it");
  });

  it("of a DataLoader's worker: where the user's loop stood, and what the worker failed of", () => {
    expect(told("dataLoader")).toMatchObject({ kind: "collate", location: { file: "/home/mia/seg.py", line: 50 } });
    expect(fixes("dataLoader")?.[0]).toContain('convert("RGB")');
  });

  it("of pytest", () => {
    expect(told("pytest")).toMatchObject({
      kind: "matmul",
      location: { file: "tests/test_model.py", line: 12 },
      operands: [
        { name: "scores", shape: [4, 3] },
        { name: "weights", shape: [5, 2] },
      ],
    });
  });

  it("behind the names of containers and timestamps", () => {
    expect(told("pods")).toMatchObject({
      kind: "broadcast",
      framework: "numpy",
      location: { file: "/app/predict.py", line: 8 },
    });
    expect(fixes("pods")).toEqual(["use right.T if rows and columns are swapped"]);
  });

  it("of a device-side assert, with what the kernel printed before", () => {
    expect(told("deviceAssert")?.summary).toContain("label");
    expect(fixes("deviceAssert")?.join()).toContain("CUDA_LAUNCH_BLOCKING=1");
  });

  it("of a warning alone, which raises nothing", () => {
    expect(told("warning")).toMatchObject({
      kind: "lossBroadcast",
      location: { file: "/home/mia/regress.py", line: 21 },
    });
    expect(told("warning")?.summary).toContain("[64, 64]");
    expect(fixes("warning")?.[0]).toContain("pred.squeeze(-1)");
  });

  it("of a checkpoint: the prefix to strip, the vocabulary to resize", () => {
    expect(fixes("checkpoint")?.[0]).toContain('removeprefix("_orig_mod.")');
    expect(told("vocabulary")).toMatchObject({
      rank: 1,
      operands: [{ shape: [128260, 64], clash: [0] }, { shape: [128256, 64] }, {}, {}],
    });
    expect(fixes("vocabulary")?.[0]).toContain("resize_token_embeddings(128260)");
  });

  it("of a chain: the one that is about tensors", () => {
    expect(told("chained")).toMatchObject({ kind: "conv", location: { file: "/srv/run.py", line: 9 } });
    expect(fixes("chained")).toEqual(["pass images.permute(0, 3, 1, 2): the channels stand last"]);
  });

  it("of Windows, with colours and a progress bar before it", () => {
    expect(told("windows")).toMatchObject({
      kind: "reshape",
      location: { file: "C:\\Users\\Mia\\train.py", line: 3 },
      expression: "x.view(32, 256)",
    });
    expect(told("windows")?.summary).toBe("x has 12800 elements and [32, 256] needs 32 × 256 = 8192");
  });
});

it("explains a message alone, with less confidence", () => {
  const alone = explainText("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)");
  expect(alone).toMatchObject({ kind: "matmul", confidence: 0.75 });
});

it("shows the shapes of a message that it does not know, and claims no cause", () => {
  const frame =
    'Traceback (most recent call last):\n  File "/v/lib/python3.12/site-packages/torch/odd.py", line 3, in odd\n';
  expect(explainText(`${frame}RuntimeError: frobnicate: sizes [2, 3] and [7] are odd`)).toMatchObject({
    kind: "unknown",
    confidence: 0.3,
    operands: [{ shape: [2, 3] }, { shape: [7] }],
    fixes: [],
  });
});

it("gives what torch.compile tells of symbolic sizes", () => {
  const text = `torch._dynamo.exc.TorchRuntimeError: Dynamo failed to run FX node with fake tensors: call_function <built-in function add>(*(FakeTensor(..., size=(2, 3)), FakeTensor(..., size=(2, s20))), **{}): got RuntimeError('The size of tensor a (3) must match the size of tensor b (s20: hint = 4) at non-singleton dimension 1)')`;
  expect(explainText(text)).toMatchObject({ kind: "broadcast", operands: [{ shape: [2, 3] }, { shape: [2, null] }] });
});

it("tells how much memory was asked for, and who has it", () => {
  const text =
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 9.00 GiB. GPU 0 has a total capacty of 23.69 GiB of which 4.96 GiB is free. Process 20 has 12.00 GiB memory in use. Of the allocated memory 6.00 GiB is allocated by PyTorch, and 4.85 MiB is reserved by PyTorch but unallocated.";
  const told = explainText(text);
  expect(told?.summary).toBe(
    "9.00 GiB more were needed of a GPU with 23.69 GiB: 4.96 GiB were free, this process holds 6.00 GiB in tensors, other processes 12.00 GiB",
  );
  expect(told?.fixes[0]?.text).toContain("other processes hold 12.00 GiB");
});

it("reads hostile texts in a moment", () => {
  for (const text of [
    "(".repeat(50_000),
    "a".repeat(200_000),
    "[1, ".repeat(30_000),
    "x ".repeat(60_000),
    "1x".repeat(60_000),
  ]) {
    expect(explainText(`RuntimeError: ${text}`)).toBeUndefined();
  }
});
