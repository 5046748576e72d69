import type { App } from "../../app";
import type { HostRef } from "../../core/ports";
import type { TensorParts } from "../../core/tensors";
import type { ProcessTrace } from "../../shared/shapeTrace";
import type { Explanation, RunRecord } from "../../shared/tensors";
import type { Pairs } from "./pairs";

/** Where an explanation comes from. */
export interface ExplainedIn {
  /** Absent for text that somebody selected. */
  readonly host?: HostRef;
  /** Of the host: where relative files of the explanation are. */
  readonly folder?: string;
  /** What the run left; empty where text alone was explained. */
  readonly records: readonly RunRecord[];
}

/** Something that was explained. */
export interface Explained {
  readonly explanation: Explanation;
  readonly context: ExplainedIn;
}

/** What is known of a terminal that explains. */
export interface TerminalState {
  readonly host: HostRef;
  /** Where its shell is; undefined while it has not told. */
  folder(): string | undefined;
  /** The last command, where it is known. */
  command(): string | undefined;
  /** Types the last command again; false where the shell does not wait for one. */
  runAgain(): boolean;
  /** What programs in it have traced so far, of all its commands. @throws Failure */
  traces(signal: AbortSignal): Promise<readonly ProcessTrace[]>;
  /** How the last command ended, as far as tensors go. */
  outcome: "none" | "succeeded" | "explained" | "unexplained";
  /** The last failure that was explained; undefined after a success. */
  last: Explained | undefined;
  /** Whether the last failure of a Python left a record; `silent`: it left none, so the hook was not active. */
  hook: "recorded" | "silent" | "unknown";
}

/** What the terminal, the links, the diagnostics and the commands share. */
export interface TensorsFeature {
  readonly app: App;
  readonly pairs: Pairs;
  /** Loads what explains. */
  parts(): TensorParts;
  /** A command of the terminal ended: explained, not explained, or well. */
  ended(terminal: TerminalState): void;
  /** The terminal is no more. */
  closed(terminal: TerminalState): void;
  /** Shows an explanation in full; `terminal`: the one it comes from, which goes on telling. */
  show(explained: Explained, terminal?: TerminalState): void;
}
