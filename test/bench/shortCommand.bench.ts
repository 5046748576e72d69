import { spawn } from "node:child_process";
import { join } from "node:path";
import type { RemoteCommand } from "../../src/core/remote";
import { spec } from "../host/harness/spec";
import { median, ms, quantile, report } from "./figures";
import { startBenchEngine, startBenchServer } from "./server";

const rounds = 1000;
const blockSize = 50;

const program = "/bin/true";
const command: RemoteCommand<void> = { what: "doing nothing", argv: [program], deadlineMs: 10_000, parse: () => {} };

/** A warm shell on this machine, as the short lane has one on the host: one line in, one mark out. */
function localShell() {
  const shell = spawn("sh", ["-s"], { stdio: ["pipe", "pipe", "ignore"] });
  return {
    run: () =>
      new Promise<void>((resolve) => {
        shell.stdout.once("data", () => resolve());
        shell.stdin.write(`( ${program} ) </dev/null; printf .\n`);
      }),
    end: () => shell.stdin.end(),
  };
}

async function timesOf(work: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < blockSize; round++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times;
}

spec(
  "a short command on an open connection",
  async () => {
    const server = await startBenchServer();
    const engine = startBenchEngine(join(server.folder, "storage"));
    const shell = localShell();
    try {
      const { signal } = new AbortController();
      const runner = await engine.connections().acquire(server.host(1)).connected(signal);
      const remote = () => runner.run(command, signal);
      const times: { ours: number[]; itself: number[] } = { ours: [], itself: [] };
      const beyondByTurn: number[] = [];
      await timesOf(remote);
      await timesOf(shell.run);
      for (let turn = 0; turn < rounds / blockSize; turn++) {
        const [ours, itself] = [await timesOf(remote), await timesOf(shell.run)];
        times.ours.push(...ours);
        times.itself.push(...itself);
        beyondByTurn.push(median(ours) - median(itself));
      }
      const beyond = median(times.ours) - median(times.itself);
      await report({
        figure: "Short command on an open connection beyond the command itself, p50",
        target: "≤ 1 ms",
        measured: `${ms(beyond, 2)} (${ms(median(times.ours), 2)}, p95 ${ms(quantile(times.ours, 0.95), 2)}, against ${ms(median(times.itself), 2)}); ${ms(quantile(beyondByTurn, 0.1), 2)} in the quietest tenth of the turns`,
        met: beyond <= 1,
        method: `${rounds} runs of \`${program}\` through the short lane, against as many that a warm \`sh -s\` without SSH starts, in turns of ${blockSize}`,
      });
    } finally {
      shell.end();
      engine.dispose();
      await server.dispose();
    }
  },
  { deadlineMs: 120_000 },
);
