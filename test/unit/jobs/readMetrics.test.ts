import { describe, expect, it } from "vitest";
import { POINTS, SERIES } from "../../../src/core/jobs/read/metrics";
import { createOutputReader } from "../../../src/core/jobs/read/output";

function read(text: string) {
  const reader = createOutputReader({ monotonic: () => 0 });
  reader.feed(Buffer.from(text));
  return reader;
}

/** Series by name with their points. */
const series = (text: string) =>
  Object.fromEntries(
    read(text)
      .metrics()
      .map(({ name, points }) => [name, points]),
  );

describe("one line of each kind", () => {
  it.each<[string, string, Record<string, number>, number]>([
    [
      "HF Trainer",
      "{'loss': 0.5, 'grad_norm': 1.25, 'learning_rate': 5e-05, 'epoch': 1.5}",
      { loss: 0.5, grad_norm: 1.25, learning_rate: 5e-5 },
      1.5,
    ],
    [
      "HF Trainer's end, with what is no measurement left out",
      "{'eval_loss': 0.4, 'eval_runtime': 3.2, 'epoch': 2.0}",
      { eval_loss: 0.4 },
      2,
    ],
    [
      "Lightning",
      "Epoch 3:  45%|████▌     | 450/1000 [00:12<00:15, 36.50it/s, v_num=0, train_loss=0.123]",
      { train_loss: 0.123 },
      450,
    ],
    [
      "Keras",
      "450/1000 [======>......] - ETA: 12s - loss: 0.3012 - accuracy: 0.9100",
      { loss: 0.3012, accuracy: 0.91 },
      450,
    ],
    ["words without marks", "Epoch 3 loss 0.123 acc 0.91", { loss: 0.123, acc: 0.91 }, 3],
    ["nanoGPT", "iter 450: loss 2.1012, time 12.34ms, mfu 3.21%", { loss: 2.1012 }, 450],
    ["a logger before it", "2024-01-02 12:34:56,789 INFO train: step=10 loss=0.5", { loss: 0.5 }, 10],
    [
      "fairseq",
      '{"epoch": 1, "loss": "2.1", "ppl": "4.29", "num_updates": "300", "lr": "0.0003"}',
      { loss: 2.1, ppl: 4.29, lr: 3e-4 },
      300,
    ],
    [
      "Megatron-LM",
      " iteration      450/    1000 | learning rate: 1.5E-04 | lm loss: 6.1E+00 | grad norm: 1.2 |",
      { "learning rate": 1.5e-4, "lm loss": 6.1, "grad norm": 1.2 },
      450,
    ],
    [
      "torchvision's logger",
      "Epoch: [3]  [ 450/1000]  eta: 0:12:34  lr: 0.1  loss: 0.5123 (0.6123)  time: 0.31  data: 0.01",
      { lr: 0.1, loss: 0.5123 },
      450,
    ],
    ["the MNIST example", "Train Epoch: 1 [640/60000 (1%)]\tLoss: 2.312585", { Loss: 2.312585 }, 640],
    ["an epoch in brackets", "Epoch [3/10], Loss: 0.1234", { Loss: 0.1234 }, 3],
    ["epoch and step in brackets", "Epoch [3/10], Step [450/1000], Loss: 0.1234", { Loss: 0.1234 }, 450],
    ["a tensor", "step 7 loss: tensor(0.5, device='cuda:0')", { loss: 0.5 }, 7],
    ["a rate with its step", "step 7 lr=0.001", { lr: 0.001 }, 7],
    ["a colon without a blank", "step:7 loss:0.25 acc:0.5", { loss: 0.25, acc: 0.5 }, 7],
  ])("%s", (_name, line, values, x) => {
    expect(series(`${line}\n`)).toEqual(
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [[x, value]]])),
    );
  });

  it.each([
    "12:34:56 connected to 10.0.0.1:29500",
    "loss server localhost:29500 version: 2.1.0",
    "torch==2.1.0 numpy: 1.26 python=3.10",
    "saved to /runs/loss=0.5/model.pt",
    "Namespace(lr=0.001, batch_size=64, loss=0.5)",
    "config: {'lr': 0.001, 'loss': 2}",
    "TrainingArguments(learning_rate=5e-05, loss=1)",
    "2024-01-02T03:04:05 GET /acc?x=1 200",
    "lr: 0.001",
    "memory: 12GB used: 3.5GiB loss of signal",
    "Using port: 8080, pid=1234, world_size: 2",
    "no loss 3 times",
  ])("nothing in %j", (line) => {
    expect(series(`${line}\n`)).toEqual({});
  });
});

describe("series", () => {
  it("keep NaN and infinity as they are", () => {
    expect(series("step 1 loss: 0.5\nstep 2 loss: nan\nstep 3 loss=inf\nstep 4 loss=-inf\n")).toEqual({
      loss: [
        [1, 0.5],
        [2, Number.NaN],
        [3, Number.POSITIVE_INFINITY],
        [4, Number.NEGATIVE_INFINITY],
      ],
    });
  });

  it("count steps on where each epoch begins anew", () => {
    const bar = (done: number, loss: number) => `\r 50%|#  | ${done}/100 [00:10<00:20, 1.0it/s, loss=${loss}]`;
    expect(series(`${bar(50, 4)}${bar(100, 3)}${bar(50, 2)}${bar(100, 1)}\n`)).toEqual({
      loss: [
        [50, 4],
        [100, 3],
        [150, 2],
        [200, 1],
      ],
    });
  });

  it("told once in each epoch have a point for each", () => {
    const epoch = (loss: number) =>
      `1/90 ━━━ 3s 7ms/step - loss: 9.0\r90/90 ━━━ 3s 7ms/step - loss: 2.0 - val_loss: ${loss}\n`;
    expect(series(`${epoch(4)}${epoch(3)}`).val_loss).toEqual([
      [90, 4],
      [180, 3],
    ]);
  });

  it("are not made of the name of a bar", () => {
    expect(series("train:  25%|##  | 5/20 [00:00<00:00, 43.19it/s, loss=0.2]\n")).toEqual({ loss: [[5, 0.2]] });
    expect(series("step 3 acc: 91.5%\n")).toEqual({ acc: [[3, 91.5]] });
  });

  it("say what they count", () => {
    const axes = read("step 3 loss: 1.0\n{'eval_loss': 2.0, 'epoch': 1.0}\nfinal acc: 0.5\n").metrics();
    expect(axes.map(({ name, axis }) => [name, axis])).toEqual([
      ["loss", "step"],
      ["eval_loss", "epoch"],
      ["acc", "count"],
    ]);
  });

  it("are thinned, from the first to the last point", () => {
    const text = Array.from({ length: 30_001 }, (_, step) => `step ${step} loss: ${step}.5\n`).join("");
    const [only] = read(text).metrics();
    expect(only?.points.length).toBeGreaterThan(POINTS / 4);
    expect(only?.points.length).toBeLessThanOrEqual(POINTS);
    expect(only?.points[0]).toEqual([0, 0.5]);
    expect(only?.points.at(-1)?.[0]).toBeGreaterThan(29_998);
    const xs = only?.points.map(([x]) => x) ?? [];
    expect(xs).toEqual([...xs].sort((one, other) => one - other));
  });

  it("are few: those that training is about stay", () => {
    const others = Array.from({ length: 40 }, (_, place) => `other${place}=1`).join(" ");
    const found = read(`step 1 loss=1 ${others}\nstep 2 val_loss=1 acc=1\n`)
      .metrics()
      .map(({ name }) => name);
    expect(found).toHaveLength(SERIES);
    expect(found).toEqual(expect.arrayContaining(["loss", "val_loss", "acc"]));
  });
});

describe("alarms", () => {
  it("tell the first loss that is no number", () => {
    const reader = read("step 1 loss: 1.0 grad_norm: inf\n");
    expect(reader.alarms()).toEqual({});
    reader.feed(Buffer.from("step 2 loss: nan\nstep 3 val_loss: inf\n"));
    expect(reader.alarms()).toEqual({ brokenLoss: { name: "loss", value: Number.NaN, step: 2 } });
  });

  it("find it among more lines than are read", () => {
    const text = Array.from({ length: 45_000 }, (_, step) => `step ${step} loss: ${step === 44_001 ? "nan" : "1.0"}\n`);
    expect(read(text.join("")).alarms()).toEqual({ brokenLoss: { name: "loss", value: Number.NaN, step: 44_001 } });
  });

  it.each([
    ["Traceback (most recent call last):", { traceback: true }],
    ["[rank0]: Traceback (most recent call last):", { traceback: true }],
    ["torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.", { gpuOutOfMemory: true }],
    ["RuntimeError: HIP out of memory. Tried to allocate 20.00 MiB", { gpuOutOfMemory: true }],
    ["jaxlib: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 8589934592 bytes.", { gpuOutOfMemory: true }],
    ["ResourceExhaustedError: OOM when allocating tensor with shape[1,2]", { gpuOutOfMemory: true }],
    ["RuntimeError: CUDA error: out of memory", { gpuOutOfMemory: true }],
    ["note: memory 12 is fine, OOM killer asleep", {}],
  ])("%s", (line, alarms) => {
    expect(read(`${line}\n`).alarms()).toEqual(alarms);
  });

  it("tell silence, by an injected clock", () => {
    let now = 1000;
    const reader = createOutputReader({ monotonic: () => now });
    now = 61_000;
    expect(reader.stalledFor(60_000)).toBe(60_000);
    reader.feed(Buffer.from("x"));
    expect(reader.stalledFor(60_000)).toBeUndefined();
    now = 130_000;
    expect(reader.stalledFor(60_000)).toBe(69_000);
  });
});
