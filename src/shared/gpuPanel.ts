import * as v from "valibot";
import { HostReportSchema, ProblemSchema } from "./gpu";
import { command, notification } from "./protocol";

/** What the GPU panel (editor tab) and the GPU view (sidebar) say to the extension and hear from it. */

const HostStateSchema = v.variant("kind", [
  v.object({ kind: v.literal("disconnected") }),
  v.object({
    kind: v.literal("connecting"),
    since: v.number(),
    step: v.picklist(["resolving", "connecting", "verifying host key", "logging in", "opening shell"]),
  }),
  v.object({ kind: v.literal("needsYou"), since: v.number(), question: v.string() }),
  v.object({ kind: v.literal("connected"), since: v.number() }),
  v.object({ kind: v.literal("reconnecting"), retryAt: v.number(), problem: ProblemSchema }),
  v.object({ kind: v.literal("offline"), since: v.number(), problem: ProblemSchema }),
]);

/** A button that goes with a problem or an empty state; the extension knows what each does. */
export const PanelActionSchema = v.picklist([
  "connect",
  "disconnect",
  "retry",
  "openTerminal",
  "openPanel",
  "pin",
  "unpin",
  "copyDiagnostics",
  "showLog",
  "explainHostKey",
  "addHost",
  "useSshConfig",
  "tryDemo",
  "sampleOnce",
]);

const PanelStateSchema = v.object({
  /** Absent: no host is chosen yet; the page shows the teaching empty state. */
  host: v.optional(v.string()),
  state: HostStateSchema,
  /** Present on a login node, which is read only when somebody asks; `sampling`: that was asked just now. */
  gentle: v.optional(v.picklist(["resting", "sampling"])),
  /** Why no samples come although the host is connected. */
  sampling: v.optional(ProblemSchema),
  /** Milliseconds between samples as asked of the host. */
  beatMs: v.number(),
  pinned: v.boolean(),
  /** The user's login name on the host: whose processes are "mine". */
  me: v.optional(v.string()),
  /** `sidebar` is 260 px and up; `panel` is an editor tab. */
  placement: v.picklist(["sidebar", "panel"]),
  /** Buttons that go with the present problem. */
  actions: v.array(PanelActionSchema),
});

/** One tick. Times are milliseconds since the epoch on the client. */
const PanelSampleSchema = v.object({ time: v.number(), report: HostReportSchema });

const series = v.array(v.nullable(v.number()));

/** History of one GPU; every array is as long as `times`, null where nothing is known (a gap is a null in all). */
export const GpuSeriesSchema = v.object({
  /** Two vendors' GPUs of one host may have the same index; absent: the first GPU with that index. */
  vendor: v.optional(v.string()),
  index: v.number(),
  utilizationPercent: series,
  memoryUsedBytes: series,
  powerWatts: series,
  temperatureCelsius: series,
  /** 1 where the clocks were held down (power cap, thermal, ...), 0 where not. */
  throttled: series,
  /** Memory of each user's processes; users as seen, hostile text. */
  memoryByUser: v.record(v.string(), series),
});

const PanelHistorySchema = v.object({ times: v.array(v.number()), gpus: v.array(GpuSeriesSchema) });

/**
 * What came of "terminate", in one sentence for the live region; `ok` false keeps the row as it was.
 * Answers every `terminate`, also one the user thought better of (then `message` is empty): the row waits for it.
 */
const TerminatedSchema = v.object({ pid: v.number(), ok: v.boolean(), message: v.string() });

export const GpuPanelApi = {
  /** The page can paint; nothing is sent before it. */
  ready: command(v.undefined()),
  setBeat: command(v.object({ beatMs: v.pipe(v.number(), v.minValue(100), v.maxValue(60_000)) })),
  /** The extension asks for confirmation, naming the process and its owner, before anything happens. */
  terminate: command(v.object({ pid: v.number() })),
  copy: command(v.object({ text: v.string() })),
  act: command(v.object({ action: PanelActionSchema })),
  /** Milliseconds from a sample's arrival in the extension to its paint, for the bench and the diagnostics. */
  painted: command(v.object({ time: v.number(), paintedAt: v.number() })),

  state: notification(PanelStateSchema),
  /** Replaces what the page knew; sent after `ready` and when the page becomes visible again. */
  history: notification(PanelHistorySchema),
  /** Appends one tick. */
  sample: notification(PanelSampleSchema),
  terminated: notification(TerminatedSchema),
} as const;

export type PanelAction = v.InferOutput<typeof PanelActionSchema>;
export type PanelState = v.InferOutput<typeof PanelStateSchema>;
export type PanelSample = v.InferOutput<typeof PanelSampleSchema>;
export type PanelHistory = v.InferOutput<typeof PanelHistorySchema>;
export type GpuSeries = v.InferOutput<typeof GpuSeriesSchema>;
export type Terminated = v.InferOutput<typeof TerminatedSchema>;
