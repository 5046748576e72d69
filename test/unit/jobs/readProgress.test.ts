import { describe, expect, it } from "vitest";
import { createOutputReader } from "../../../src/core/jobs/read/output";
import type { Progress } from "../../../src/core/jobs/read/progress";

/** Reads texts one after the other, a second apart, and says what is shown then. */
function read(...texts: string[]): Progress | undefined {
  let now = 0;
  const reader = createOutputReader({ monotonic: () => now });
  for (const [place, text] of texts.entries()) {
    if (place > 0) now += 1000;
    reader.feed(Buffer.from(text));
  }
  return reader.progress();
}

describe("one line of each kind", () => {
  it.each<[string, string, Progress]>([
    [
      "tqdm",
      "\r 45%|████▌     | 450/1000 [00:12<00:15, 36.5it/s]",
      { done: 450, total: 1000, fraction: 0.45, etaSeconds: 15, rate: 36.5 },
    ],
    [
      "tqdm with a name, in ASCII, slow",
      "\rTrain:  10%|#         | 1/10 [00:02<1:00:13, 1.5s/it, loss=0.3]",
      { label: "Train", done: 1, total: 10, fraction: 0.1, etaSeconds: 3613, rate: 1 / 1.5 },
    ],
    [
      "tqdm that knows nothing yet",
      "\r  0%|          | 0/1000 [00:00<?, ?it/s]",
      { done: 0, total: 1000, fraction: 0 },
    ],
    [
      "bytes of a download",
      "model.safetensors:  24%|██▍ | 1.20G/5.00G [00:12<00:38, 98.1MB/s]\n",
      { label: "model.safetensors", done: 1.2e9, total: 5e9, fraction: 0.24, etaSeconds: 38, rate: 98.1e6 },
    ],
    [
      "a bar of days",
      "\r  1%|1 | 1/100 [26:00:00<2574:00:00, 93600.00s/it]",
      { done: 1, total: 100, fraction: 0.01, etaSeconds: 2574 * 3600, rate: 1 / 93600 },
    ],
    [
      "Lightning",
      "Epoch 3:  45%|████▌     | 450/1000 [00:12<00:15, 36.50it/s, v_num=0, train_loss=0.123]\r",
      { label: "Epoch 3", done: 450, total: 1000, fraction: 0.45, etaSeconds: 15, rate: 36.5 },
    ],
    [
      "Lightning's rich bar",
      "\x1b[37mEpoch 3/9 \x1b[35m━━━━━━━━━╸━━━━━━━━━━ 450/900 0:00:12 • 0:00:15 36.50it/s v_num: 0.000\n",
      { label: "epoch", done: 3, total: 10, fraction: 0.35 },
    ],
    [
      "Keras 2",
      "450/1000 [============>.................] - ETA: 12s - loss: 0.3\r",
      { done: 450, total: 1000, fraction: 0.45, etaSeconds: 12 },
    ],
    [
      "Keras 3",
      "\x1b[1m450/1000\x1b[0m \x1b[32m━━━━━━━━━\x1b[0m\x1b[37m━━━━━━━━━━━\x1b[0m \x1b[1m15s\x1b[0m 27ms/step - accuracy: 0.9\r",
      { done: 450, total: 1000, fraction: 0.45, etaSeconds: 15 },
    ],
    ["a step", "step 450/1000 loss 0.3\n", { label: "step", done: 450, total: 1000, fraction: 0.45 }],
    ["a batch in brackets", "[450/1000] ok\n", { done: 450, total: 1000, fraction: 0.45 }],
    ["an epoch that begins", "Epoch 3/10\n", { label: "epoch", done: 2, total: 10, fraction: 0.2 }],
    ["an epoch with results", "Epoch [3/10], Loss: 0.1234\n", { label: "epoch", done: 3, total: 10, fraction: 0.3 }],
    [
      "torchvision's logger",
      "Epoch: [3]  [ 450/1000]  eta: 0:12:34  lr: 0.100000  loss: 0.5123 (0.6123)  time: 0.3\n",
      { label: "Epoch 3", done: 450, total: 1000, fraction: 0.45, etaSeconds: 754 },
    ],
    [
      "OpenMMLab",
      "Epoch(train) [3][450/1000]  lr: 1e-3  eta: 1 day, 2:03:04  time: 0.3  loss: 0.5\n",
      { label: "Epoch(train) 3", done: 450, total: 1000, fraction: 0.45, etaSeconds: 93784 },
    ],
    [
      "the MNIST example",
      "Train Epoch: 1 [6400/60000 (11%)]\tLoss: 2.302585\n",
      { label: "Train Epoch 1", done: 6400, total: 60000, fraction: 6400 / 60000 },
    ],
    [
      "Megatron-LM",
      " iteration      450/    1000 | consumed samples: 115200 | lm loss: 6.1E+00 |\n",
      { label: "iteration", done: 450, total: 1000, fraction: 0.45 },
    ],
    ["words", "processed file 3 of 12\n", { label: "file", done: 3, total: 12, fraction: 0.25 }],
    ["a percentage", "Progress: 45.5 %\n", { done: 45.5, total: 100, fraction: 0.455 }],
  ])("%s", (_name, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each([
    "2024/01/02 12:34:56 started\n",
    "reading /data/3/10/x.npy\n",
    "http://10.0.0.1/24\n",
    "ratio 7/3 is more than one\n",
    "0/0 nothing\n",
    "45% of people\n",
    "commit 1/2 half of it\n",
  ])("no progress in %j", (text) => {
    expect(read(text)).toBeUndefined();
  });
});

describe("loops in loops", () => {
  const bar = (name: string, done: number, total: number) =>
    `\r${name}: ${Math.round((100 * done) / total)}%|##  | ${done}/${total} [00:10<00:20, 1.0it/s]`;

  it("tell the outermost, with the part that the inner one has done", () => {
    const text = `${bar("epochs", 0, 4)}\n${bar("batches", 0, 100)}\x1b[A${bar("epochs", 1, 4)}\n${bar("batches", 50, 100)}\x1b[A`;
    expect(read(text)).toMatchObject({ label: "epochs", done: 1, total: 4, fraction: 0.375 });
  });

  it("are found under a heading and in the name of a bar", () => {
    expect(read("Epoch 3/10\n", `${bar("", 50, 100)}\n`)).toMatchObject({ done: 2, total: 10, fraction: 0.25 });
    expect(read(bar("Epoch 3/10", 50, 100))).toMatchObject({ done: 2, total: 10, fraction: 0.25 });
    expect(
      read("      3/10      2.35G      1.2        640:  50%|████▌  | 50/100 [00:12<00:15, 36.5it/s]\n"),
    ).toMatchObject({
      done: 2,
      total: 10,
      fraction: 0.25,
    });
  });

  it("do not keep the inner part when the outer moves on", () => {
    expect(read(`Epoch 3/10\n${bar("", 100, 100)}\nEpoch 4/10\n`)).toMatchObject({ done: 3, fraction: 0.3 });
  });

  it("one after the other: the one that goes on counts, and at the end the last", () => {
    expect(read(`${bar("load", 10, 10)}\n${bar("train", 1, 10)}`)).toMatchObject({ label: "train", done: 1 });
    expect(read(`${bar("load", 10, 10)}\n${bar("train", 10, 10)}`)).toMatchObject({ label: "train", etaSeconds: 0 });
  });

  it("that have all ended: the one that ended last", () => {
    expect(read(`${bar("epochs", 2, 3)}\n${bar("train", 20, 20)}\x1b[A${bar("epochs", 3, 3)}`)).toMatchObject({
      label: "epochs",
      done: 3,
      fraction: 1,
    });
  });

  it("forget one that was left without a word", () => {
    const rounds = Array.from({ length: 12 }, () => `${bar("train", 0, 2)}${bar("train", 2, 2)}`).join("");
    expect(read(`${bar("search", 3, 10)}\n${rounds}${bar("train", 1, 2)}`)).toMatchObject({ label: "train", done: 1 });
  });
});

describe("the time that is left", () => {
  it("counts down from when the program told it", () => {
    let now = 0;
    const reader = createOutputReader({ monotonic: () => now });
    reader.feed(Buffer.from("\r 45%|████▌     | 450/1000 [00:12<00:15, 36.5it/s]"));
    now = 4000;
    expect(reader.progress()?.etaSeconds).toBe(11);
    now = 40_000;
    expect(reader.progress()?.etaSeconds).toBe(0);
  });

  it("is worked out by the times of arrival where the program says none", () => {
    const steps = Array.from({ length: 6 }, (_, place) => `step ${100 + place * 10}/1000\n`);
    expect(read(...steps)?.etaSeconds).toBe(85);
  });

  it("does not take a log that arrives at once for a pace", () => {
    const replay = Array.from({ length: 500 }, (_, place) => `step ${place}/1000\n`).join("");
    expect(read(replay)?.etaSeconds).toBeUndefined();
    expect(read(replay, "step 501/1000\n", "step 503/1000\n")?.etaSeconds).toBe(248);
  });
});

it("reads the same whatever the split", () => {
  const text = `Epoch 1/3\n\r 45%|████▌     | 450/1000 [00:12<00:15, 36.5it/s]\r 46%|████▌     | 460/1000 [00:12<00:14, 36.5it/s]`;
  const bytes = Buffer.from(text);
  const whole = read(text);
  expect(whole).toMatchObject({ done: 0, total: 3, fraction: 0.46 / 3 });
  for (const size of [1, 2, 3, 7, 50]) {
    const reader = createOutputReader({ monotonic: () => 0 });
    for (let at = 0; at < bytes.length; at += size) reader.feed(bytes.subarray(at, at + size));
    expect(reader.progress()).toEqual(whole);
  }
});
