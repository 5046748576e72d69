import * as v from "valibot";

/** What the self-test's program says while it runs. All of it is text of a host. */
const words = v.pipe(v.string(), v.maxLength(8000));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const StepNameSchema = v.object({
  what: v.picklist(["python", "look", "import", "devices", "matmul", "allReduce", "compile"]),
  framework: v.optional(v.picklist(["numpy", "torch", "jax", "tensorflow", "cupy"])),
  /** Absent: the CPU. */
  device: v.optional(count),
  uuid: v.optional(words),
  backend: v.optional(v.picklist(["nccl", "gloo"])),
  /** Processes that take part. */
  count: v.optional(count),
});

const DeviceSchema = v.object({
  index: count,
  name: v.optional(words),
  capability: v.optional(words),
  gfx: v.optional(words),
  uuid: v.optional(words),
});

const FactsSchema = v.object({
  version: v.optional(words),
  prefix: v.optional(words),
  present: v.optional(v.array(words)),
  /** What the framework was built for. */
  cuda: v.optional(words),
  hip: v.optional(words),
  cpuBuild: v.optional(v.boolean()),
  devices: v.optional(v.array(DeviceSchema)),
  /** The architectures that it holds code for: `sm_90`, `gfx942`. */
  builtFor: v.optional(v.array(words)),
  /** GPUs that the kernel has. */
  machineGpus: v.optional(count),
  /** `CUDA_VISIBLE_DEVICES=1`, where it is set. */
  visible: v.optional(words),
  freeBytes: v.optional(v.number()),
  totalBytes: v.optional(v.number()),
  ranks: v.optional(count),
  absent: v.optional(v.boolean()),
});

const ErrorSchema = v.object({
  /** An exception; the process ended without an answer; a signal ended it; its time was up; it could not be started. */
  how: v.picklist(["exception", "exit", "signal", "timeout", "start"]),
  /** Exit code, or number of the signal. */
  code: v.optional(count),
  type: v.optional(words),
  text: v.optional(words),
});

const RecordSchema = v.variant("kind", [
  v.object({ kind: v.literal("started"), step: StepNameSchema, limitSeconds: v.number() }),
  v.object({
    kind: v.literal("done"),
    step: StepNameSchema,
    seconds: v.optional(v.number()),
    facts: v.optional(FactsSchema),
    error: v.optional(ErrorSchema),
    /** The end of what the step printed. */
    said: v.optional(words),
  }),
  v.object({
    kind: v.literal("skipped"),
    step: StepNameSchema,
    because: v.picklist(["import", "fewGpus", "oldPython"]),
  }),
  v.object({ kind: v.literal("end") }),
]);

export type StepName = v.InferOutput<typeof StepNameSchema>;
export type StepKind = StepName["what"];
export type Framework = NonNullable<StepName["framework"]>;
export type Facts = v.InferOutput<typeof FactsSchema>;
export type StepError = v.InferOutput<typeof ErrorSchema>;
export type SelfTestRecord = v.InferOutput<typeof RecordSchema>;
export type DoneRecord = Extract<SelfTestRecord, { kind: "done" }>;

const recordStart = "\u001e";
const longest = 1 << 20;

/** Cuts the program's output into records; what an environment prints in between is dropped. */
export function createRecordReader(): (chunk: Uint8Array) => readonly SelfTestRecord[] {
  const decoder = new TextDecoder();
  let rest = "";
  return (chunk) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = (lines.pop() ?? "").slice(0, longest);
    return lines.flatMap((line) => {
      const at = line.lastIndexOf(recordStart);
      const record = at < 0 ? undefined : readRecord(line.slice(at + 1));
      return record ? [record] : [];
    });
  };
}

function readRecord(text: string): SelfTestRecord | undefined {
  try {
    return v.parse(RecordSchema, JSON.parse(text));
  } catch {
    return undefined;
  }
}
