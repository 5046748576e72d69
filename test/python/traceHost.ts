import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hookVariables } from "../../src/core/tensors/hook";
import { lineText } from "../../src/core/tensors/trace/lineText";
import { mergeTraces } from "../../src/core/tensors/trace/merge";
import { parseProcessTrace } from "../../src/core/tensors/trace/parse";
import { createSymbols } from "../../src/core/tensors/trace/symbols";
import type { ProcessTrace, ShapeTrace } from "../../src/shared/shapeTrace";
import { hook, newFolder } from "./hookHost";

const programs = new URL("tracePrograms", import.meta.url).pathname;

/** As much of NumPy as a trace reads, for Pythons without the real one. */
export const standIn = join(programs, "site-packages");

export interface Traced {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly traces: readonly ProcessTrace[];
}

/** Runs one of the programs; `modes` undefined: without a trace. */
export async function traced(
  python: string,
  args: readonly string[],
  modes: string | undefined,
  pythonPath = "",
): Promise<Traced> {
  const run = newFolder();
  const env = {
    PATH: process.env.PATH,
    HOME: newFolder(),
    PYTHONDONTWRITEBYTECODE: "1",
    OMP_NUM_THREADS: "1",
    ...hookVariables({ hook, run }, pythonPath),
    ...(modes === undefined ? {} : { TENSORLINE_TRACE: modes }),
  };
  const ended = await new Promise<Omit<Traced, "traces">>((resolve, reject) => {
    const child = spawn(python, args, { cwd: programs, env, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ stdout, stderr, exitCode }));
  });
  const names = readdirSync(run).filter((name) => name.endsWith(".trace.json"));
  const traces = names.map((name) => {
    const trace = parseProcessTrace(readFileSync(join(run, name), "utf8"));
    if (!trace) throw new Error(`${name} cannot be read`);
    return trace;
  });
  return { ...ended, traces };
}

/** The only trace there is. */
export function whole({ traces, stderr }: Traced): ShapeTrace {
  const trace = mergeTraces(traces);
  if (!trace) throw new Error(`nothing was traced: ${stderr}`);
  return trace;
}

/** What stands after each line: `18 batch: f32[B≤32, 28, 28]`. */
export function shownLines(trace: ShapeTrace): string[] {
  const symbols = createSymbols(trace);
  return trace.lines.flatMap((line) => {
    const text = lineText(line, symbols);
    return text === undefined ? [] : [`${line.line} ${text}`];
  });
}
