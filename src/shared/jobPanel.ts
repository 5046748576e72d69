import * as v from "valibot";
import { ProblemSchema } from "./gpu";
import { JobSettingsSchema } from "./jobSettings";
import { JobSchema } from "./jobs";
import { command, notification } from "./protocol";
import { PanelOperandSchema, PlaceSchema } from "./tensorPanel";

/** What the job panel says to the extension and hears from it. Text from the job is hostile text. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const bytes = v.instance(Uint8Array);

/** How far the program says it is. */
export const JobProgressSchema = v.object({
  /** As the program counts: `450` of `1000`. */
  done: v.number(),
  total: v.number(),
  /** 0 to 1. */
  fraction: v.number(),
  etaSeconds: v.optional(v.number()),
  /** Steps a second. */
  rate: v.optional(v.number()),
  label: v.optional(v.string()),
});

/** What stands where no number can: JSON has no words for these. */
const MetricValueSchema = v.union([v.number(), v.picklist(["NaN", "Infinity", "-Infinity"])]);

export const MetricSeriesSchema = v.object({
  name: v.string(),
  /** What the first half of a point counts; `count`: the how-manieth value it is. */
  axis: v.picklist(["step", "epoch", "count"]),
  /** In the order in which they were told. */
  points: v.array(v.tuple([v.number(), MetricValueSchema])),
});

/** Why a job ended badly, in words for people. */
export const JobCauseSchema = v.object({
  message: v.string(),
  advice: v.optional(v.string()),
  /** The program's own words. */
  detail: v.optional(v.string()),
});

/** How tensors were why it failed. */
export const JobExplanationSchema = v.object({
  summary: v.string(),
  /** As the framework wrote it. */
  message: v.string(),
  expression: v.optional(v.string()),
  operands: v.array(PanelOperandSchema),
  /** From the model down to the layer that failed: `Net`, `head`, `fc2: Linear(…)`. */
  layers: v.array(v.string()),
  rule: v.string(),
  /** What to do, a line each. */
  fixes: v.array(v.string()),
  location: v.optional(PlaceSchema),
  rank: v.optional(count),
  /** So many other processes failed after it. */
  others: count,
  isGuess: v.boolean(),
});

export const JobTabSchema = v.picklist(["log", "metrics", "gpu", "files", "settings"]);

/** What the page's buttons ask for; the extension asks for confirmation where something would be lost. */
export const JobPanelActionSchema = v.picklist([
  "stop",
  "runAgain",
  "runAgainWithChanges",
  "bringResults",
  "delete",
  "retry",
  "jumpToTime",
  "openPort",
  "refreshFiles",
  "openFailedLine",
  "showShapes",
]);

const JobPanelStateSchema = v.object({
  host: v.string(),
  /** Absent while it is read for the first time. */
  job: v.optional(JobSchema),
  progress: v.optional(JobProgressSchema),
  /** The first loss that was NaN or infinite. */
  brokenLoss: v.optional(v.object({ name: v.string(), value: MetricValueSchema, step: v.optional(v.number()) })),
  /** Once it has ended badly. */
  cause: v.optional(JobCauseSchema),
  explanation: v.optional(JobExplanationSchema),
  /** Why nothing new comes at present; what is shown is as old as that. */
  problem: v.optional(ProblemSchema),
  /** Following the log was interrupted and goes on by itself. */
  interrupted: v.optional(ProblemSchema),
  /** Ports that its output said it serves on this host's loopback, newest last. */
  ports: v.array(
    v.object({ port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535)), url: v.string() }),
  ),
});

/** The terminal is emptied; what follows belongs to this view. Positions are bytes of the log. */
const LogViewSchema = v.object({
  view: count,
  /** `live`: ends where the log ends and grows with it. `page`: a part further up. */
  kind: v.picklist(["live", "page"]),
  from: count,
  /** Where a page ends. */
  to: v.optional(count),
  /** When the part was written, ISO 8601 UTC, where the host's index tells. */
  since: v.optional(v.string()),
  until: v.optional(v.string()),
});

const LogBytesSchema = v.object({ view: count, bytes });

const MetricsSchema = v.object({
  series: v.array(MetricSeriesSchema),
  /** Output before this byte was not read. */
  from: count,
});

const gpuValues = v.array(v.nullable(v.number()));

/** Readings of one of the job's GPUs, as long as `times`; null where nobody looked. */
export const JobGpuReadingsSchema = v.object({
  name: v.optional(v.string()),
  index: v.optional(count),
  utilizationPercent: gpuValues,
  memoryUsedBytes: gpuValues,
  memoryTotalBytes: v.optional(v.number()),
});

const JobGpusSchema = v.object({
  /** Milliseconds since the epoch on the client, ascending. */
  times: v.array(v.number()),
  gpus: v.array(JobGpuReadingsSchema),
  /** Why nothing is read at present. */
  problem: v.optional(ProblemSchema),
});

/** What lies in the job's folder on the host. */
export const JobContentsSchema = v.object({
  /** Absolute path of `$TENSORLINE_OUT`. */
  outFolder: v.string(),
  /** Paths are relative to it. */
  files: v.array(v.object({ path: v.string(), sizeBytes: v.optional(count), modifiedAt: v.optional(v.string()) })),
  /** There are more files than are listed. */
  more: v.boolean(),
  /** Of the whole folder: log, snapshot, results. */
  diskBytes: v.optional(count),
  /** What the host runs, as text. */
  script: v.optional(v.string()),
});

const ContentsSchema = v.variant("kind", [
  v.object({ kind: v.literal("reading") }),
  v.object({ kind: v.literal("unreadable"), problem: ProblemSchema }),
  v.object({ kind: v.literal("read"), contents: JobContentsSchema }),
]);

export const JobPanelApi = {
  /** The page can paint; nothing is sent before it. */
  ready: command(v.undefined()),
  /** Which tab the reader looks at: the others' data is not read for them. */
  look: command(v.object({ tab: JobTabSchema })),
  /** So many bytes of a view have been painted. */
  taken: command(v.object({ view: count, bytes: count })),
  page: command(v.object({ to: v.picklist(["first", "earlier", "later", "newest"]) })),
  act: command(v.object({ action: JobPanelActionSchema })),
  openPort: command(v.object({ url: v.pipe(v.string(), v.maxLength(2000)) })),
  openLink: command(v.object({ url: v.pipe(v.string(), v.maxLength(2000)) })),
  openSource: command(v.object({ path: v.string(), line: count, column: v.optional(count) })),
  openFile: command(v.object({ path: v.string() })),
  copy: command(v.object({ text: v.string() })),

  state: notification(JobPanelStateSchema),
  logView: notification(LogViewSchema),
  logBytes: notification(LogBytesSchema),
  metrics: notification(MetricsSchema),
  gpus: notification(JobGpusSchema),
  /** `attach`: what shows a running job in any terminal of the host. */
  settings: notification(v.object({ settings: v.optional(JobSettingsSchema), attach: v.optional(v.string()) })),
  contents: notification(ContentsSchema),
} as const;

/** Bytes of the log that the page may owe before the extension stops sending, and reading. */
export const logWindowBytes = 512 * 1024;

export type JobProgress = v.InferOutput<typeof JobProgressSchema>;
export type MetricValue = v.InferOutput<typeof MetricValueSchema>;
export type MetricSeries = v.InferOutput<typeof MetricSeriesSchema>;
export type JobCause = v.InferOutput<typeof JobCauseSchema>;
export type JobExplanation = v.InferOutput<typeof JobExplanationSchema>;
export type JobTab = v.InferOutput<typeof JobTabSchema>;
export type JobPanelAction = v.InferOutput<typeof JobPanelActionSchema>;
export type JobPanelState = v.InferOutput<typeof JobPanelStateSchema>;
export type LogView = v.InferOutput<typeof LogViewSchema>;
export type JobMetrics = v.InferOutput<typeof MetricsSchema>;
export type JobGpus = v.InferOutput<typeof JobGpusSchema>;
export type JobGpuReadings = v.InferOutput<typeof JobGpuReadingsSchema>;
export type JobContents = v.InferOutput<typeof JobContentsSchema>;
export type JobContentsState = v.InferOutput<typeof ContentsSchema>;
