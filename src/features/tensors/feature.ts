import type { App } from "../../app";
import type { HostRef } from "../../core/ports";
import type { TensorParts } from "../../core/tensors";
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

/** What is known of a terminal that explains. */
export interface TerminalState {
  readonly host: HostRef;
  /** Where its shell is; undefined while it has not told. */
  folder(): string | undefined;
  /** The last failure that was explained. */
  last: { readonly explanation: Explanation; readonly context: ExplainedIn } | undefined;
  /** Whether the last failure of a Python left a record; `silent`: it left none, so the hook was not active. */
  hook: "recorded" | "silent" | "unknown";
}

/** What the terminal, the links, the diagnostics and the commands share. */
export interface TensorsFeature {
  readonly app: App;
  readonly pairs: Pairs;
  /** Loads what explains. */
  parts(): TensorParts;
  /** A terminal that explained something, succeeded or was closed. */
  failed(terminal: TerminalState): void;
  cleared(terminal: TerminalState): void;
}
