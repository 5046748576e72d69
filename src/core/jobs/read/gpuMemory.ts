import type { Death } from "../../words/jobEnds";
import { saysGpuMemory } from "./alarms";

const size = String.raw`(\d+(?:\.\d+)? (?:[KMGT]i?B|bytes?))`;
const fact = (before: string, after = "") => new RegExp(`${before}${size}${after}`, "i");

const figures = {
  /** PyTorch (all), JAX: `while trying to allocate 8589934592 bytes`. */
  wanted: fact(String.raw`(?:tried to allocate|trying to allocate)\s+`),
  /** PyTorch 2.1 and later: `GPU 0 has a total capacity of 79.15 GiB of which 1.20 GiB is free`. */
  total: fact("total capaci?ty of "),
  free: fact("of which ", " is free"),
  /** `this process has 70.00 GiB memory in use`: of the job itself. */
  own: fact("this process has ", " memory in use"),
} as const;
/** PyTorch up to 2.0: `(GPU 0; 79.15 GiB total capacity; 70.00 GiB already allocated; 1.20 GiB free; …)`. */
const oldFigures = {
  total: fact("", " total capacity"),
  free: fact("; ", " free"),
  own: fact("; ", " already allocated"),
} as const;

/** The last complaint about GPU memory with its figures; PyTorch 1.13 to 2.9 (CUDA and ROCm), JAX, TensorFlow. */
export function gpuMemoryDeath(lines: readonly string[]): Extract<Death, { kind: "gpuOutOfMemory" }> | undefined {
  const line = lines.findLast((one) => saysGpuMemory(one) && figures.wanted.test(one)) ?? lines.findLast(saysGpuMemory);
  if (line === undefined) return undefined;
  const find = (...patterns: RegExp[]) =>
    patterns.map((pattern) => pattern.exec(line)?.[1]).find((one) => one !== undefined);
  const told = {
    wanted: find(figures.wanted),
    total: find(figures.total, oldFigures.total),
    free: find(figures.free, oldFigures.free),
    own: find(figures.own, oldFigures.own),
    gpu: /\bGPU (\d+)/.exec(line)?.[1],
  };
  const others = [...line.matchAll(/Process \d+ has (\d+(?:\.\d+)? [KMGT]iB) memory in use/g)].map(
    (one) => one[1] ?? "",
  );
  return {
    kind: "gpuOutOfMemory",
    line,
    ...Object.fromEntries(Object.entries(told).filter(([, text]) => text !== undefined)),
    ...(others.length > 0 ? { others } : {}),
  };
}
