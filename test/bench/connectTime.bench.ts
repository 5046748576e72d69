import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { RemoteCommand } from "../../src/core/remote";
import type { HostState } from "../../src/shared/host";
import { spec } from "../host/harness/spec";
import { median, ms, report } from "./figures";
import { type BenchServer, startBenchEngine, startBenchServer } from "./server";

const run = promisify(execFile);
const pairs = 20;

const nothing: RemoteCommand<void> = { what: "doing nothing", argv: ["true"], deadlineMs: 10_000, parse: () => {} };

async function plainSsh({ configFile }: BenchServer): Promise<number> {
  const started = performance.now();
  await run("ssh", ["-F", configFile, "box1", "true"]);
  return performance.now() - started;
}

interface Connected {
  readonly connect: number;
  /** With the first command. */
  readonly command: number;
  /** Milliseconds by step of the way. */
  readonly steps: ReadonlyMap<string, number>;
}

/** A connection of a new engine. */
async function engine(server: BenchServer): Promise<Connected> {
  const engine = startBenchEngine(join(server.folder, "storage"));
  const { signal } = new AbortController();
  try {
    const connections = engine.connections();
    const steps = new Map<string, number>();
    const started = performance.now();
    let [step, since] = ["", started];
    connections.onState(({ state }: { state: HostState }) => {
      const now = performance.now();
      if (step !== "") steps.set(step, now - since);
      [step, since] = [state.kind === "connecting" ? state.step : "", now];
    });
    const runner = await connections.acquire(server.host(1)).connected(signal);
    const connect = performance.now() - started;
    await runner.run(nothing, signal);
    return { connect, command: performance.now() - started, steps };
  } finally {
    engine.dispose();
  }
}

spec(
  "connecting against one ssh HOST true",
  async () => {
    const server = await startBenchServer();
    try {
      const results: { ours: Connected; plain: number }[] = [];
      // Each goes first as often as the other; the first pair only warms up.
      for (let pair = 0; pair <= pairs; pair++) {
        if (pair % 2 === 0) {
          const ours = await engine(server);
          results.push({ ours, plain: await plainSsh(server) });
        } else {
          const plain = await plainSsh(server);
          results.push({ ours: await engine(server), plain });
        }
      }
      const kept = results.slice(1);
      const middle = (value: (result: (typeof kept)[number]) => number) => median(kept.map(value));
      const ratio = middle(({ ours, plain }) => ours.connect / plain);
      const steps = [...(kept[0]?.ours.steps.keys() ?? [])];
      const where = steps.map((step) => `${step} ${ms(middle(({ ours }) => ours.steps.get(step) ?? 0))}`).join(", ");
      await report({
        figure: "Connect with a key",
        target: "≤ 1.0 × one `ssh HOST true`",
        measured: `${ratio.toFixed(2)} × (${ms(middle(({ ours }) => ours.connect))} against ${ms(middle(({ plain }) => plain))})`,
        met: ratio <= 1,
        method: `${pairs} alternating pairs on one sshd, each with a new connection; median of the ratios, medians of the times; of ours: ${where}`,
      });
      await report({
        figure: "Connect with a key and run `true`",
        measured: `${middle(({ ours, plain }) => ours.command / plain).toFixed(2)} × (${ms(middle(({ ours }) => ours.command))})`,
        method: "the same pairs, to the end of a first command, for which the short lane starts its shell",
      });
    } finally {
      await server.dispose();
    }
  },
  { deadlineMs: 120_000 },
);
