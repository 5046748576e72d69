import { createOutputReader } from "../../src/core/jobs/read/output";
import { spec } from "../host/harness/spec";
import { median, report } from "./figures";

const chunkBytes = 64 * 1024;
const rounds = 7;
const roundBytes = 8e6;

/** MB a second in which output of this line, again and again, is read for progress, metrics and alarms. */
function speed(line: string): number {
  const chunk = Buffer.from(line.repeat(Math.ceil(chunkBytes / Buffer.byteLength(line))));
  const times = Array.from({ length: rounds }, () => {
    const reader = createOutputReader({ monotonic: () => performance.now() });
    const start = performance.now();
    for (let read = 0; read < roundBytes; read += chunk.length) reader.feed(chunk);
    return performance.now() - start;
  });
  return roundBytes / 1000 / median(times);
}

spec("a job's output is read", async () => {
  const prose = speed("the program says what it does, in plain words and without any number\n");
  const log = speed("2026-01-02 12:34:56,789 INFO worker: processed /data/x/y/abc_123.npz for host 10.0.0.1:2900\n");
  const training = speed("epoch 3 step 450/1000 loss: 0.123 acc: 0.91 lr: 1e-4 time: 0.3\n");
  const bar = speed("\rTrain:  45%|████▌     | 450/1000 [00:12<00:15, 36.5it/s, loss=0.123]");
  const shown = (value: number) => `${Math.round(value)} MB/s`;
  await report({
    figure: "Progress, metrics and alarms read from a job's output",
    target: "≥ 100 MB/s of plain text",
    measured: `${shown(log)} of log lines (${shown(prose)} of prose, ${shown(training)} of training lines, ${shown(bar)} of tqdm)`,
    met: prose >= 100 && log >= 100,
    method: `${rounds} times ${roundBytes / 1e6} MB each in chunks of 64 KiB`,
  });
});
