import * as v from "valibot";
import { command, notification } from "./protocol";

/**
 * What the tensor page says to the extension and hears from it: a terminal with the Shape panel beside it, or the panel alone.
 * Text of programs is hostile text.
 */

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const shape = v.array(v.nullable(v.number()));
const memoryBytes = v.optional(v.number());

export const PanelOperandSchema = v.object({
  name: v.string(),
  shape,
  dtype: v.optional(v.string()),
  device: v.optional(v.string()),
  clash: v.optional(v.array(count)),
  note: v.optional(v.string()),
});

const PanelTensorSchema = v.object({
  name: v.string(),
  /** Its class without modules: `Parameter`. */
  type: v.string(),
  shape: v.optional(shape),
  dtype: v.optional(v.string()),
  device: v.optional(v.string()),
  bytes: memoryBytes,
  /** It takes part in the expression that failed. */
  isOperand: v.boolean(),
  /** What is unusual about it: `not contiguous`, `sparse_coo`. */
  notes: v.array(v.string()),
});

/** Lines are counted from 1, columns from 0. */
const PlaceSchema = v.object({ file: v.string(), line: count, column: v.optional(count) });

const PanelFrameSchema = v.object({
  place: PlaceSchema,
  function: v.string(),
  isUser: v.boolean(),
  source: v.optional(v.string()),
  tensors: v.array(PanelTensorSchema),
});

const PanelFixSchema = v.object({
  text: v.string(),
  /** What an edit would change. */
  edit: v.optional(v.object({ was: v.string(), text: v.string() })),
  /** The text still stands there, in a file that this window may change. */
  canApply: v.boolean(),
});

const LayerSchema = v.object({ path: v.string(), type: v.string(), sizes: v.optional(v.string()) });

export const PanelFailureSchema = v.object({
  /** One for each failure that is shown: what a button does belongs to it. */
  id: count,
  kind: v.string(),
  framework: v.string(),
  summary: v.string(),
  message: v.string(),
  rule: v.string(),
  confidence: v.number(),
  expression: v.optional(v.string()),
  location: v.optional(PlaceSchema),
  operands: v.array(PanelOperandSchema),
  fixes: v.array(PanelFixSchema),
  /** From the model down to the layer that failed. */
  layers: v.array(LayerSchema),
  /** The layers beside it. */
  siblings: v.array(LayerSchema),
  /** The innermost first. */
  frames: v.array(PanelFrameSchema),
  /** The first cause first. */
  exceptions: v.array(v.object({ type: v.string(), message: v.string(), notes: v.array(v.string()) })),
  memory: v.optional(
    v.object({
      device: v.string(),
      allocated: memoryBytes,
      reserved: memoryBytes,
      peak: memoryBytes,
      free: memoryBytes,
      total: memoryBytes,
      largest: v.array(PanelTensorSchema),
    }),
  ),
  rank: v.optional(count),
  /** Other ranks or processes that failed. */
  others: v.array(v.object({ who: v.string(), message: v.string() })),
  /** `train.py`, `Python 3.12`, `torch 2.13.0`. */
  facts: v.array(v.string()),
  /** `record`: the hook saw it; `text`: what was printed is all there is. */
  from: v.picklist(["record", "text"]),
  /** The hook was to be active and left no record. */
  isHookSilent: v.boolean(),
  /** A command that ran later has succeeded. */
  isOver: v.boolean(),
});

const ShapesSchema = v.variant("kind", [
  v.object({ kind: v.literal("empty") }),
  /** The last command failed, and nothing about tensors was found. */
  v.object({ kind: v.literal("unexplained"), isHookSilent: v.boolean() }),
  v.object({ kind: v.literal("failure"), failure: PanelFailureSchema }),
]);

const PanelStateSchema = v.object({
  host: v.optional(v.string()),
  hasTerminal: v.boolean(),
  shapes: ShapesSchema,
  /** The command that "Run again" would type; absent where there is none, or it is not known. */
  again: v.optional(v.string()),
});

const ofFailure = { id: count };
const link = v.pipe(v.string(), v.maxLength(2000));
const typed = v.pipe(v.string(), v.maxLength(4 * 1024 * 1024));
const cells = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000));

export const TensorPanelApi = {
  /** The page can paint; nothing is sent before it. */
  ready: command(v.undefined()),
  /** What is typed into the terminal, or its answer to a question of the program. */
  input: command(v.object({ text: typed })),
  resize: command(v.object({ columns: cells, rows: cells })),
  /** So many characters of a view are in the picture. */
  taken: command(v.object({ view: count, characters: count })),
  /** Asks for what was copied. */
  paste: command(v.undefined()),
  copy: command(v.object({ text: typed })),
  openLink: command(v.object({ url: link })),
  openSource: command(v.object({ path: v.string(), line: count, column: v.optional(count) })),
  /** A place that the failure names. */
  openPlace: command(v.object({ ...ofFailure, place: PlaceSchema })),
  applyFix: command(v.object({ ...ofFailure, fix: count })),
  runAgain: command(v.undefined()),
  openTerminal: command(v.undefined()),

  state: notification(PanelStateSchema),
  /** The terminal is emptied, and shows what was there before. */
  screenView: notification(v.object({ view: count, text: v.string() })),
  screenText: notification(v.object({ view: count, text: v.string() })),
  pasted: notification(v.object({ text: v.string() })),
} as const;

export type PanelOperand = v.InferOutput<typeof PanelOperandSchema>;
export type PanelTensor = v.InferOutput<typeof PanelTensorSchema>;
export type PanelFrame = v.InferOutput<typeof PanelFrameSchema>;
export type PanelFix = v.InferOutput<typeof PanelFixSchema>;
export type PanelFailure = v.InferOutput<typeof PanelFailureSchema>;
export type PanelPlace = v.InferOutput<typeof PlaceSchema>;
export type Shapes = v.InferOutput<typeof ShapesSchema>;
export type TensorPanelState = v.InferOutput<typeof PanelStateSchema>;
