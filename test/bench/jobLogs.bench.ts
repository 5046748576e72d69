import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { giveBack } from "../../src/core/giveBack";
import { spec } from "../host/harness/spec";
import { median, ms, quantile, report } from "./figures";
import { type JobBench, never, request, withJobHost } from "./jobHost";

const rounds = 10;
const gigabyte = 1_000_000_000;
const lineCount = 200;

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

/** Runs ssh to its end; resolves with the milliseconds until its first byte. */
function ssh(configFile: string, command: string, options: readonly string[] = []): Promise<number> {
  const startedAt = performance.now();
  const child = spawn("ssh", ["-F", configFile, ...options, "box", command], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let first: number | undefined;
    child.stdout.on("data", () => {
      first ??= performance.now() - startedAt;
    });
    child.once("close", (code) => (code === 0 ? resolve(first ?? Number.NaN) : reject(new Error(`ssh: ${code}`))));
  });
}

/** Reads `ssh HOST cat FILE` into nothing. */
function sshCat(configFile: string, file: string): Promise<void> {
  const child = spawn("ssh", ["-F", configFile, "box", `cat '${file}'`], { stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((resolve) => child.once("close", () => resolve()));
}

async function bigLog({ engine, host, configFile, jobsFolder }: JobBench): Promise<void> {
  const wish = request("exit 0");
  await engine.jobs.submit(host, wish, never);
  await engine.jobs.follow(host, wish.id, 0, { data() {} }, never);
  const file = join(jobsFolder(), wish.id, "log");
  const block = Buffer.alloc(16_000_000, "epoch 1 step 12/5000 loss 0.123 lr 3e-4\n");
  const log = await open(file, "w");
  for (let written = 0; written < gigabyte; written += block.length)
    await log.write(block, 0, Math.min(block.length, gigabyte - written));
  await log.close();
  const ratios: number[] = [];
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const theirs = await seconds(() => sshCat(configFile, file));
    let received = 0;
    const data = (chunk: Uint8Array) => {
      received += chunk.length;
      giveBack(chunk);
    };
    const ours = await seconds(() => engine.jobs.follow(host, wish.id, 0, { data }, never));
    if (received !== gigabyte) throw new Error(`${received} bytes came`);
    ratios.push(theirs / ours);
    times.push(ours);
  }
  await report({
    figure: "Log of 1 GB, from the first byte to the end",
    target: "≥ 0.9 × `ssh HOST cat FILE`",
    measured: `${median(ratios).toFixed(2)} × as fast (${median(times).toFixed(1)} s)`,
    met: median(ratios) >= 0.9,
    method:
      "3 alternating pairs on one sshd; the log of an ended job, read in the extension host; median of the ratios",
  });
  await engine.jobs.remove(host, [wish.id], never);
}

async function lineLatency({ engine, host }: JobBench): Promise<void> {
  // Each line is the time at which it was printed.
  const wish = request(`for i in $(seq ${lineCount}); do date +%s.%N; sleep 0.05; done`);
  await engine.jobs.submit(host, wish, never);
  const latencies: number[] = [];
  let rest = "";
  const data = (chunk: Uint8Array) => {
    const now = Date.now();
    const lines = (rest + Buffer.from(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) latencies.push(now - Number(line) * 1000);
  };
  await engine.jobs.follow(host, wish.id, 0, { data }, never);
  const p95 = quantile(latencies, 0.95);
  await report({
    figure: "A line of a followed log, from print to client, p95",
    target: "< 100 ms",
    measured: `${ms(p95, 1)} (median ${ms(median(latencies), 1)})`,
    met: p95 < 100,
    method: `${latencies.length} lines, 50 ms apart; GNU tail on the host`,
  });
}

async function firstLine({ engine, host, configFile }: JobBench): Promise<void> {
  const print = "python3 -c 'print(1)'";
  // A master keeps ssh's own connection open, as ours is.
  // A socket's path is short; folders of the editor are not.
  const master = ["-o", "ControlMaster=auto", "-o", "ControlPath=/tmp/tensorline-%C", "-o", "ControlPersist=20"];
  const [ours, fresh, open]: [number[], number[], number[]] = [[], [], []];
  await ssh(configFile, print, master);
  for (let round = 0; round < rounds; round++) {
    fresh.push(await ssh(configFile, print));
    open.push(await ssh(configFile, print, master));
    const startedAt = performance.now();
    const wish = request("", { argv: ["python3", "-c", "print(1)"] });
    await engine.jobs.submit(host, wish, never);
    let first: number | undefined;
    const data = () => {
      first ??= performance.now() - startedAt;
    };
    await engine.jobs.follow(host, wish.id, 0, { data }, never);
    ours.push(first ?? Number.NaN);
  }
  spawn("ssh", ["-F", configFile, ...master, "-O", "exit", "box"], { stdio: "ignore" });
  const limit = (against: readonly number[]) => median(ours) / median(against);
  await report({
    figure: "Click to first log line, on an open connection",
    target: "≤ 1.5 × `ssh HOST python3 -c 'print(1)'`",
    measured: `${limit(fresh).toFixed(2)} × (${ms(median(ours))} against ${ms(median(fresh))}); ${limit(open).toFixed(2)} × where ssh's connection is open, too (${ms(median(open))})`,
    met: limit(fresh) <= 1.5,
    method: `${rounds} alternating rounds, medians; ssh once with its log-in and once through a master`,
  });
}

spec("logs of jobs, beside ssh", () => withJobHost(firstLine, lineLatency, bigLog), { deadlineMs: 600_000 });
