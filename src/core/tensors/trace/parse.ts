import * as v from "valibot";
import type { ProcessTrace } from "../../../shared/shapeTrace";
import { count, line, many, processEntries, time } from "../record";

/** Longer than any trace that a process writes. */
const mostCharacters = 1024 * 1024;

/** Reads a trace that a process left; undefined for anything else, such as one that was cut in the middle. */
export function parseProcessTrace(text: string): ProcessTrace | undefined {
  if (text.length > mostCharacters) return undefined;
  try {
    return v.parse(ProcessTraceSchema, JSON.parse(text));
  } catch {
    return undefined;
  }
}

const sizes = many(v.nullable(count), 64);

const ValueSchema = v.pipe(
  v.object({
    name: line(200),
    role: v.picklist(["given", "used", "assigned", "returned"]),
    type: line(200),
    dtype: v.exactOptional(line(80)),
    device: v.exactOptional(line(80)),
    requiresGrad: v.exactOptional(v.boolean()),
    notes: v.exactOptional(many(line(40), 16)),
    count,
    order: count,
    least: sizes,
    most: sizes,
    bytes: v.exactOptional(count),
  }),
  v.check(({ least, most }) => least.length === most.length),
);

const values = many(ValueSchema, 200);

const LineSchema = v.object({
  file: line(1000),
  line: count,
  endLine: v.exactOptional(count),
  function: line(200),
  values,
});

const LayerSchema = v.object({
  root: count,
  path: line(200),
  type: line(80),
  sizes: v.exactOptional(line(300)),
  calls: count,
  parameters: v.exactOptional(count),
  parameterBytes: v.exactOptional(count),
  isTrained: v.exactOptional(v.boolean()),
  inputs: values,
  outputs: values,
});

const OperationSchema = v.object({
  name: line(120),
  file: v.exactOptional(line(1000)),
  line: v.exactOptional(count),
  calls: count,
  inputs: values,
  outputs: values,
});

const ProcessTraceSchema = v.object({
  ...processEntries,
  modes: many(v.picklist(["lines", "modules", "operations"]), 3),
  began: time,
  seconds: v.pipe(v.number(), v.finite(), v.minValue(0)),
  isOver: v.boolean(),
  isCut: v.boolean(),
  stopped: v.exactOptional(v.picklist(["debugger"])),
  lines: many(LineSchema, 4000),
  modules: many(LayerSchema, 3000),
  operations: many(OperationSchema, 1500),
});
