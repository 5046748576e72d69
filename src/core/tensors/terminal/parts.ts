import type { Explanation, RunRecord } from "../../../shared/tensors";
import type { Runner } from "../../remote";

/** What the folder of a run held. */
export interface RunReading {
  readonly records: readonly RunRecord[];
  /** The host's clock then, milliseconds since the epoch; absent: not told. */
  readonly now?: number;
}

/** A terminal's run on its host: what its programs get, and what they left. */
export interface HookedRun {
  /** `PYTHONPATH` is put in front of what is there, everything else is set. */
  readonly variables: Readonly<Record<string, string>>;
  /** On the short lane. @throws Failure */
  read(signal: AbortSignal): Promise<RunReading>;
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
    }
  /** `silent`: Python printed a traceback, and the hook left no record of it. */
  | { readonly kind: "unexplained"; readonly hook: "recorded" | "silent" | "unknown" };
