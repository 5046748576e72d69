import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { hookVariables } from "../../src/core/tensors/hook";
import { ask } from "../host/harness/control";
import { spec } from "../host/harness/spec";
import { ms, report } from "./figures";
import { placeHook } from "./hookFolder";
import tracing from "./tracing.py";

const run = promisify(execFile);
const rounds = 7;

interface Case {
  readonly figure: string;
  readonly mode: "lines" | "modules" | "operations";
  /** Width, rows of a batch, steps of a round. */
  readonly sizes: readonly [number, number, number];
  /** How many times as long a step may take. */
  readonly most?: number;
}

const tiny = "tiny model, six layers of 64";
const large = "large model, six layers of 1024, batches of 256";
const cases: readonly Case[] = [
  { figure: `Lines, the first 2000 steps of a ${tiny}`, mode: "lines", sizes: [64, 32, 2000], most: 1.3 },
  { figure: `Lines, the first 100 steps of it, in which none is left out`, mode: "lines", sizes: [64, 32, 100] },
  { figure: `Lines, the first 8 steps of a ${large}`, mode: "lines", sizes: [1024, 256, 8], most: 1.05 },
  { figure: `Layers, ${tiny}`, mode: "modules", sizes: [64, 32, 200], most: 1.3 },
  { figure: `Operations, ${tiny}`, mode: "operations", sizes: [64, 32, 100] },
];

spec(
  "the shape trace of a Python",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "tensorline-bench-trace-"));
    try {
      const place = await placeHook(folder);
      const program = join(folder, "tracing.py");
      await writeFile(program, tracing);
      const python = String(await ask("venv", { requirements: ["torch"] }));
      const { PYTHONPATH, PYTHONDONTWRITEBYTECODE, ...plain } = process.env;
      const env = { ...plain, ...hookVariables(place) };
      for (const { figure, mode, sizes, most } of cases) {
        const args = ["-W", "ignore", program, mode, ...sizes.map(String), String(rounds)];
        const found = JSON.parse((await run(python, args, { env })).stdout) as Record<"with" | "without", number[]>;
        const [traced, bare] = [Math.min(...found.with), Math.min(...found.without)];
        await report({
          figure: `Shape trace: ${figure}`,
          ...(most === undefined ? {} : { target: `≤ ${most} ×`, met: traced / bare <= most }),
          measured: `${(traced / bare).toFixed(2)} × (${ms(traced, 2)} against ${ms(bare, 2)} a step)`,
          method: `processor time of PyTorch on one thread, ${rounds} rounds of ${sizes[2]} steps in turns, each as a program begins; the least of each`,
        });
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  { deadlineMs: 900_000 },
);
