import * as v from "valibot";
import type { RunRecord } from "../../shared/tensors";

/** Longer than any record that the hook writes. */
const mostCharacters = 512 * 1024;

/**
 * Reads a record that a run left; undefined for anything else, such as one that was cut in the middle. All of its text is
 * without control characters, but for line breaks and tabs where it may have several lines.
 */
export function parseRunRecord(text: string): RunRecord | undefined {
  if (text.length > mostCharacters) return undefined;
  try {
    return v.parse(RunRecordSchema, JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Text of one line. Escape sequences are for terminals, marks of direction for nobody. */
export const line = (limit: number) =>
  v.pipe(
    v.string(),
    v.transform((text) => visible(text.slice(0, limit)).replace(/[\t\n]/g, " ")),
  );
const lines = (limit: number) =>
  v.pipe(
    v.string(),
    v.transform((text) => visible(text.slice(0, limit))),
  );

function visible(text: string): string {
  return text
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?/g, "")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "")
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}

/** A list that is no longer than this. */
export const many = <T extends v.GenericSchema>(schema: T, most: number) => v.pipe(v.array(schema), v.maxLength(most));

/** A number of things, bytes or elements. */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const step = v.pipe(v.number(), v.safeInteger());
/** ISO 8601, UTC. */
export const time = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/),
  v.check((text) => !Number.isNaN(Date.parse(text))),
);

const TensorSchema = v.object({
  name: line(200),
  type: line(200),
  shape: v.exactOptional(many(v.nullable(count), 64)),
  dtype: v.exactOptional(line(80)),
  device: v.exactOptional(line(80)),
  requiresGrad: v.exactOptional(v.boolean()),
  strides: v.exactOptional(many(step, 64)),
  isContiguous: v.exactOptional(v.boolean()),
  bytes: v.exactOptional(count),
  notes: v.exactOptional(many(line(40), 16)),
});

const FrameSchema = v.object({
  file: line(1000),
  line: count,
  endLine: v.exactOptional(count),
  column: v.exactOptional(count),
  endColumn: v.exactOptional(count),
  function: line(200),
  isUser: v.boolean(),
  source: v.exactOptional(lines(1000)),
  expression: v.exactOptional(lines(400)),
  operands: many(TensorSchema, 60),
  values: many(TensorSchema, 60),
});

const ExceptionSchema = v.object({
  type: line(200),
  message: lines(8000),
  notes: v.exactOptional(many(lines(500), 8)),
  frames: many(FrameSchema, 40),
});

const MemorySchema = v.object({
  device: line(40),
  allocated: v.exactOptional(count),
  reserved: v.exactOptional(count),
  peak: v.exactOptional(count),
  free: v.exactOptional(count),
  total: v.exactOptional(count),
  largest: many(TensorSchema, 20),
});

const LayerSchema = v.object({ path: line(200), type: line(80), sizes: v.exactOptional(line(300)) });

const FailureSchema = v.object({
  origin: v.picklist(["main", "thread", "process", "test", "interactive", "warning"]),
  at: time,
  exceptions: v.pipe(many(ExceptionSchema, 8), v.minLength(1)),
  layers: many(LayerSchema, 24),
  siblings: v.exactOptional(many(LayerSchema, 24)),
  memory: v.exactOptional(MemorySchema),
  isCut: v.boolean(),
});

/** What every file of a process tells of it. */
export const processEntries = {
  format: v.literal(1),
  pid: count,
  parentPid: count,
  program: line(600),
  folder: line(4096),
  python: v.pipe(v.string(), v.regex(/^\d{1,2}(\.\d{1,3}){1,2}$/)),
  versions: v.record(v.pipe(v.string(), v.regex(/^[a-z]{1,20}$/)), line(80)),
  rank: v.exactOptional(
    v.object({ rank: count, localRank: v.exactOptional(count), worldSize: v.exactOptional(count) }),
  ),
};

const RunRecordSchema = v.object({ ...processEntries, failures: many(FailureSchema, 16) });
