import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { GpuWatch } from "../../src/core/gpu/watch";
import { startDemoProcess } from "../../src/demo/client";
import { spec } from "../host/harness/spec";
import { report } from "./figures";
import { loadDuring } from "./load";
import { nextSample, root, startBenchEngine } from "./server";

const seconds = 25;
const settleMs = 10_000;
/** Hosts that connect at a time. */
const atATime = 4;

/** Watches them all; a few connect at a time. */
async function watchAll(start: readonly (() => GpuWatch)[]): Promise<GpuWatch[]> {
  const waiting = [...start];
  const watches: GpuWatch[] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const watch = next();
      watches.push(watch);
      await nextSample(watch);
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return watches;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
/** Resident bytes of the extension host before the first host, which are VS Code's own. */
let bare: number | undefined;

async function measure(hosts: number): Promise<void> {
  const storage = await mkdtemp(join(tmpdir(), "tensorline-bench-"));
  bare ??= process.memoryUsage().rss;
  const alone = await loadDuring(() => after(5000));
  const fleet = await startDemoProcess({ node: process.execPath, script: join(root, "dist", "demo.cjs"), hosts });
  const engine = startBenchEngine(storage);
  try {
    const { configFile } = fleet;
    const watches = await watchAll(
      fleet.hosts.map(
        ({ name }) =>
          () =>
            engine.gpus.watch({ name, configFile }, 1000),
      ),
    );
    await after(settleMs);
    let received = 0;
    for (const watch of watches) watch.onSample(() => received++);
    const load = await loadDuring(() => after(seconds * 1000));
    const resident = process.memoryUsage().rss;
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const rate = received / hosts / seconds;
    const valid = rate >= 0.95;
    const added = resident - bare;
    const isTarget = hosts === 100;
    await report({
      figure: `Extension host with ${hosts} host${hosts === 1 ? "" : "s"} × 8 GPUs at 1 Hz`,
      ...(isTarget ? { target: "< 25 % of one core, < 250 MB added" } : {}),
      measured:
        `${load.percent.toFixed(1)} % of one core (${alone.percent.toFixed(1)} % before), ` +
        `${megabytes(added)} added to VS Code's own ${megabytes(bare)} (live: heap ${megabytes(heapUsed)}, buffers ${megabytes(arrayBuffers)}); ` +
        `${rate.toFixed(2)} samples/s/host${valid ? "" : ": too few, not valid"}`,
      ...(isTarget && valid ? { met: load.percent < 25 && added < 250e6 } : {}),
      method: `${seconds} s after ${settleMs / 1000} s of rest, demo fleet on the same machine, whose cores were ${load.machinePercent.toFixed(0)} % busy`,
    });
  } finally {
    engine.dispose();
    fleet.dispose();
    await fleet.ended;
    await rm(storage, { recursive: true, force: true });
  }
}

for (const hosts of [1, 10, 100]) spec(`client load of ${hosts} hosts`, () => measure(hosts), { deadlineMs: 240_000 });
