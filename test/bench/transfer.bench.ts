import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { clientFacts } from "../../src/core/client";
import { systemClock } from "../../src/core/clock";
import type { Runner } from "../../src/core/remote";
import { createTransfers } from "../../src/core/transfer/transfers";
import { spec } from "../host/harness/spec";
import { startSshd } from "../ssh/sshd";
import { median, report } from "./figures";
import { startBenchEngine } from "./server";

const run = promisify(execFile);
const rounds = 3;
const gibibyte = 1024 ** 3;
const folders = 100;
const filesEach = 100;
const transfers = createTransfers({ client: clientFacts(), clock: systemClock });
const signal = new AbortController().signal;

interface Pair {
  readonly theirs: number;
  readonly ours: number;
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

/** One after the other on the same server, each target new and removed again. */
async function pairs(
  folder: string,
  theirs: (target: string) => Promise<unknown>,
  ours: (target: string) => Promise<unknown>,
): Promise<Pair[]> {
  const measured: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    const target = await mkdtemp(join(folder, "round-"));
    const pair = {
      theirs: await seconds(() => theirs(join(target, "theirs"))),
      ours: await seconds(() => ours(join(target, "ours"))),
    };
    measured.push(pair);
    await run("cmp", [join(target, "theirs"), join(target, "ours")]).catch(() =>
      run("diff", ["-r", join(target, "theirs"), join(target, "ours")]),
    );
    await rm(target, { recursive: true });
  }
  return measured;
}

async function tell(figure: string, program: string, target: number, measured: readonly Pair[]): Promise<void> {
  const ratio = median(measured.map(({ theirs, ours }) => theirs / ours));
  const [theirs, ours] = [median(measured.map((one) => one.theirs)), median(measured.map((one) => one.ours))];
  await report({
    figure,
    target: `≥ ${target} × \`${program}\``,
    measured: `${ratio.toFixed(2)} × as fast (${ours.toFixed(1)} s against ${theirs.toFixed(1)} s)`,
    met: ratio >= target,
    method: `${rounds} alternating pairs on one sshd and one disk; median of the ratios, medians of the times`,
  });
}

async function bigFile(file: string): Promise<void> {
  const block = randomBytes(16 * 1024 * 1024);
  const handle = await open(file, "w");
  for (let written = 0; written < gibibyte; written += block.length) await handle.write(block);
  await handle.close();
}

async function manyFiles(folder: string): Promise<void> {
  for (let at = 0; at < folders; at++) {
    const below = join(folder, `folder${at}`);
    await mkdir(below, { recursive: true });
    for (let index = 0; index < filesEach; index++) {
      await writeFile(join(below, `file${index}`), Buffer.alloc(1000 + ((at * 7 + index * 71) % 7000), index));
    }
  }
}

/** The most that this process held above what it held before, in MB. */
async function peakGrowth(work: () => Promise<unknown>): Promise<number> {
  const held = () => process.memoryUsage().rss / 1e6;
  const before = held();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, held());
  }, 50);
  try {
    await work();
  } finally {
    clearInterval(watch);
  }
  return most - before;
}

spec(
  "moving files, beside scp",
  async () => {
    const sshd = await startSshd({ config: ["Subsystem sftp internal-sftp"] });
    const folder = await mkdtemp(join(tmpdir(), "tensorline-bench-transfer-"));
    const engine = startBenchEngine(join(sshd.folder, "storage"));
    const lease = engine.connections().acquire({ name: "box", configFile: sshd.configFile });
    const scp = (...args: string[]) => run("scp", ["-q", "-F", sshd.configFile, ...args]);
    try {
      const runner: Runner = await lease.connected(signal);
      const upload = (from: string) => (to: string) => transfers.upload(runner, { from, to }, { signal });
      const download = (from: string) => (to: string) => transfers.download(runner, { from, to }, { signal });
      const big = join(folder, "big");
      const many = join(folder, "many");
      await bigFile(big);
      await manyFiles(many);
      const growth = await peakGrowth(async () => {
        await tell("Upload of 1 GiB", "scp", 0.9, await pairs(folder, (to) => scp(big, `box:${to}`), upload(big)));
        await tell("Download of 1 GiB", "scp", 0.9, await pairs(folder, (to) => scp(`box:${big}`, to), download(big)));
      });
      await report({
        figure: "Memory of moving 1 GiB",
        measured: `${growth.toFixed(0)} MB more at the peak`,
        method: "resident memory of the extension host, read every 50 ms while the files above moved",
      });
      const count = folders * filesEach;
      await tell(
        `Upload of ${count} files of 1 to 8 kB`,
        "scp -r",
        3,
        await pairs(folder, (to) => scp("-r", many, `box:${to}`), upload(many)),
      );
      await tell(
        `Download of ${count} files of 1 to 8 kB`,
        "scp -r",
        3,
        await pairs(folder, (to) => scp("-r", `box:${many}`, to), download(many)),
      );
    } finally {
      lease.dispose();
      engine.dispose();
      await sshd.dispose();
      await rm(folder, { recursive: true, force: true });
    }
  },
  { deadlineMs: 900_000 },
);
