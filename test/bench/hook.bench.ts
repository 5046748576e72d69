import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { hookVariables } from "../../src/core/tensors/hook";
import { ask } from "../host/harness/control";
import { spec } from "../host/harness/spec";
import { median, ms, report } from "./figures";
import { placeHook } from "./hookFolder";
import training from "./training.py";

const run = promisify(execFile);
const starts = 60;
const rounds = 7;

const models = [
  { name: "tiny model, six layers of 64", sizes: ["64", "32", "400"] },
  { name: "large model, six layers of 1024, batches of 256", sizes: ["1024", "256", "8"] },
] as const;

spec(
  "the hook of a Python",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "tensorline-bench-hook-"));
    try {
      const place = await placeHook(folder);
      const program = join(folder, "training.py");
      await writeFile(program, training);
      const python = String(await ask("venv", { requirements: ["torch"] }));
      const { PYTHONPATH, PYTHONDONTWRITEBYTECODE, ...plain } = process.env;
      const hooked = { ...plain, ...hookVariables(place) };

      const start = async (env: NodeJS.ProcessEnv) => {
        const began = performance.now();
        await run(python, ["-c", "pass"], { env });
        return performance.now() - began;
      };
      // The first one keeps what it has compiled, as every start but the first finds it.
      await start(hooked);
      const [without, withHook]: [number[], number[]] = [[], []];
      for (let at = 0; at < starts; at++) {
        without.push(await start(plain));
        withHook.push(await start(hooked));
      }
      const { stdout } = await run(python, ["-c", "import sys; print('torch' in sys.modules)"], { env: hooked });
      if (stdout.trim() !== "False") throw new Error("the hook imports a framework");
      const cost = median(withHook) - median(without);
      await report({
        figure: "Start of a Python with the hook on, beyond one without it",
        target: "< 3 ms",
        measured: ms(cost, 1),
        met: cost < 3,
        method: `difference of the medians of ${starts} starts each, in turns; no framework is imported`,
      });

      for (const { name, sizes } of models) {
        const step = async (env: NodeJS.ProcessEnv) =>
          Number((await run(python, ["-W", "ignore", program, ...sizes], { env })).stdout);
        const [bare, watched]: [number[], number[]] = [[], []];
        for (let round = 0; round < rounds; round++) {
          bare.push(await step(plain));
          watched.push(await step(hooked));
        }
        const ratio = Math.min(...watched) / Math.min(...bare);
        const spread = Math.max(...bare) / Math.min(...bare);
        await report({
          figure: `Training step with the hook on, ${name}`,
          target: "not measurable",
          measured: `${ratio.toFixed(2)} × (${ms(Math.min(...watched), 2)} against ${ms(Math.min(...bare), 2)})`,
          // Where the rounds themselves differ by more, nothing can be told.
          ...(spread < 1.2 ? { met: Math.abs(ratio - 1) <= Math.max(0.03, spread - 1) } : {}),
          method: `processor time of PyTorch on one thread, ${rounds} rounds in turns, the least of their medians; without the hook the rounds differed by ${spread.toFixed(2)} ×`,
        });
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  { deadlineMs: 900_000 },
);
