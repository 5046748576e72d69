import * as v from "valibot";

/** What can go wrong on a demo host. `cut`: its connections break and it refuses new ones for five seconds. */
const faultKinds = ["none", "hang", "driver-mismatch", "gpu-lost", "cut", "garbage"] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One line on the demo process's standard input. `gpu` is the one that falls off the bus. */
export const FaultRequestSchema = v.object({
  fault: v.picklist(faultKinds),
  host: v.string(),
  gpu: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
});

/** Its answer: one line for each request, in their order. */
export const FaultAnswerSchema = v.object({ ok: v.boolean() });

/** One host of the fleet, reached as `ssh -F configFile NAME`. */
const DemoHostSchema = v.object({ name: v.string(), port: v.number(), summary: v.string() });

/** The first line: the fleet is up. `configFile` is an ssh config that knows all hosts and keys. */
export const DemoReadySchema = v.object({
  configFile: v.string(),
  knownHostsFile: v.string(),
  hosts: v.array(DemoHostSchema),
  /** This computer has no shell for the fleet: its hosts show GPUs and run no commands. */
  recorded: v.optional(v.literal(true)),
});

export type FaultRequest = v.InferOutput<typeof FaultRequestSchema>;
export type DemoReady = v.InferOutput<typeof DemoReadySchema>;
