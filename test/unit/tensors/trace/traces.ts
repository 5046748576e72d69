import type { ProcessTrace, TracedLayer, TracedLine, TracedValue } from "../../../../src/shared/shapeTrace";

/** A value whose sizes are numbers, or pairs of the smallest and the largest. */
export function value(
  name: string,
  sizes: readonly (number | null | readonly [number, number])[],
  more: Partial<TracedValue> = {},
): TracedValue {
  const ends = sizes.map((size) => (typeof size === "object" && size !== null ? size : ([size, size] as const)));
  return {
    name,
    role: "assigned",
    type: "torch.Tensor",
    dtype: "float32",
    device: "cpu",
    count: 1,
    order: 1,
    least: ends.map(([least]) => least),
    most: ends.map(([, most]) => most),
    ...more,
  };
}

export const line = (number: number, values: readonly TracedValue[], more: Partial<TracedLine> = {}): TracedLine => ({
  file: "/home/u/train.py",
  line: number,
  function: "main",
  values,
  ...more,
});

export const layer = (path: string, type: string, more: Partial<TracedLayer> = {}): TracedLayer => ({
  root: 0,
  path,
  type,
  calls: 1,
  inputs: [],
  outputs: [],
  ...more,
});

export const processTrace = (more: Partial<ProcessTrace> = {}): ProcessTrace => ({
  format: 1,
  pid: 10,
  parentPid: 9,
  program: "train.py",
  folder: "/home/u",
  python: "3.12.1",
  versions: { torch: "2.13.0" },
  modes: ["lines"],
  began: "2026-11-22T10:00:00.000Z",
  seconds: 2,
  isOver: true,
  isCut: false,
  lines: [],
  modules: [],
  operations: [],
  ...more,
});
