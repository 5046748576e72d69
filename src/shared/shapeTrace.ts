/** The shapes that a run computed: what the trace on the host writes, and what is made of it for people. */

import type { RunRecord, Shape } from "./tensors";

/** What is looked at: each line of the user's own files, the layers of a model, or every operation. */
export type TraceMode = "lines" | "modules" | "operations";

/** What a name was at one place, over all times: one entry for each element type, device and number of dimensions. */
export interface TracedValue {
  /** `h`, `batch["x"]`, `self.weight`; `return`, `input 1` and `output` for what has no name. */
  readonly name: string;
  /** `given`: an argument or an input. `used`: before the line ran. `assigned`: after it. `returned`: a result. */
  readonly role: "given" | "used" | "assigned" | "returned";
  /** Its class with its module. */
  readonly type: string;
  readonly dtype?: string;
  readonly device?: string;
  readonly requiresGrad?: boolean;
  readonly notes?: readonly string[];
  /** How often it was looked at. */
  readonly count: number;
  /** Rises with the moment when it was first seen, in its process. */
  readonly order: number;
  /** The smallest and the largest size of each dimension; as many in both. */
  readonly least: Shape;
  readonly most: Shape;
  /** Of the largest. */
  readonly bytes?: number;
}

/** A statement, or the head of one that holds others. */
export interface TracedLine {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly endLine?: number;
  readonly function: string;
  readonly values: readonly TracedValue[];
}

export interface TracedLayer {
  /** Tells apart the models of a process. */
  readonly root: number;
  /** From the model, "" for the model itself. */
  readonly path: string;
  readonly type: string;
  readonly sizes?: string;
  /** 0: it is part of the model and never ran. */
  readonly calls: number;
  /** Its own, without those of the layers in it. */
  readonly parameters?: number;
  readonly parameterBytes?: number;
  readonly isTrained?: boolean;
  readonly inputs: readonly TracedValue[];
  readonly outputs: readonly TracedValue[];
}

export interface TracedOperation {
  /** `aten.addmm.default` */
  readonly name: string;
  /** The user's own line; absent where there is none. */
  readonly file?: string;
  readonly line?: number;
  readonly calls: number;
  readonly inputs: readonly TracedValue[];
  readonly outputs: readonly TracedValue[];
}

/** What all processes of a run saw, or one of them. */
export interface TracedShapes {
  readonly lines: readonly TracedLine[];
  readonly modules: readonly TracedLayer[];
  readonly operations: readonly TracedOperation[];
}

/** What a process wrote to `$TENSORLINE_RUN/PID.trace.json`, anew by rename while it grows and at its end. At most 400 KiB. */
export interface ProcessTrace extends Omit<RunRecord, "failures">, TracedShapes {
  readonly modes: readonly TraceMode[];
  /** ISO 8601, UTC. */
  readonly began: string;
  readonly seconds: number;
  /** Whether the process has ended by itself since. */
  readonly isOver: boolean;
  /** There was no room for all. */
  readonly isCut: boolean;
  /** Why lines were not looked at (any more): a debugger or a coverage tool traces them. */
  readonly stopped?: "debugger";
}

/** The trace of a run, of all its processes. */
export interface ShapeTrace extends TracedShapes {
  readonly program: string;
  readonly folder: string;
  readonly python: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly modes: readonly TraceMode[];
  readonly began: string;
  readonly seconds: number;
  readonly processes: number;
  /** Those of a distributed run. */
  readonly ranks: readonly number[];
  readonly isOver: boolean;
  readonly isCut: boolean;
  readonly isStopped: boolean;
}
