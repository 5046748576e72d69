import type { ProcessTrace } from "../../../shared/shapeTrace";
import type { Explanation, RunRecord } from "../../../shared/tensors";
import type { Overlay } from "../../environments/overlay";
import type { Runner } from "../../remote";
import type { RunReading } from "../hook";

/** A terminal's run on its host: what its programs get, and what they left. */
export interface HookedRun {
  /** Switches the hook on. */
  readonly overlay: Overlay;
  /** On the short lane. @throws Failure */
  read(signal: AbortSignal): Promise<RunReading>;
  /** What the programs traced that were asked to. @throws Failure */
  readonly traces?: (signal: AbortSignal) => Promise<readonly ProcessTrace[]>;
}

/** Puts the hook on the host where it is not yet, and begins a run. @throws Failure */
export type BeginRun = (runner: Runner, signal: AbortSignal) => Promise<HookedRun>;

/** What makes an explanation of what a run left, and of text alone. Undefined: nothing about tensors. */
export interface Explainer {
  records(records: readonly RunRecord[]): Explanation | undefined;
  text(text: string): Explanation | undefined;
}

/** How a command of a terminal ended. */
export type CommandOutcome =
  | { readonly kind: "succeeded" }
  | {
      readonly kind: "explained";
      readonly explanation: Explanation;
      readonly from: "records" | "text";
      readonly records: readonly RunRecord[];
      readonly hook: HookSeen;
    }
  | { readonly kind: "unexplained"; readonly hook: HookSeen };

/** What a failure told about the hook. `silent`: Python printed a traceback, and the hook left no record of it. */
export type HookSeen = "recorded" | "silent" | "unknown";
