/** What a run of Python left about its tensors: the record that the hook on the host writes, and what is made of it for people. */

/** The size of each dimension; null is one that is not known (TensorFlow's None, a symbolic size). */
export type Shape = readonly (number | null)[];

/** The frameworks whose failures are explained. */
export type TensorFramework = "torch" | "numpy" | "jax" | "tensorflow" | "keras";

/** A tensor or array that a frame held, told without a look at its data. */
export interface TensorValue {
  /** How the code names it: `h`, `self.fc2.weight`, `batch["x"]`. */
  readonly name: string;
  /** Its class with its module: `torch.nn.parameter.Parameter`. */
  readonly type: string;
  /** Absent where even the number of dimensions is not known. */
  readonly shape?: Shape;
  /** Without the framework's name before it: `float32`. */
  readonly dtype?: string;
  readonly device?: string;
  readonly requiresGrad?: boolean;
  /** In elements. */
  readonly strides?: readonly number[];
  readonly isContiguous?: boolean;
  readonly bytes?: number;
  /** What else is unusual about it: `sparse_coo`, `fake`, `meta`, `tracer`, `nested`, `quantized`. */
  readonly notes?: readonly string[];
}

/** Where in a file something stands. Lines are counted from 1, columns in characters from 0; absent where Python does not tell. */
export interface CodePlace {
  readonly file: string;
  readonly line: number;
  readonly endLine?: number;
  readonly column?: number;
  readonly endColumn?: number;
}

/** One frame of a traceback. */
export interface FailureFrame extends CodePlace {
  readonly function: string;
  /** Whether it is code of the user, and not of an installed package or of Python itself. */
  readonly isUser: boolean;
  /** The text of its line or lines, where the file is still what ran. */
  readonly source?: string;
  /** The sub-expression that was being computed, exactly where Python tells it, else that of the line that fits. */
  readonly expression?: string;
  /** The tensors that take part in the expression, in the order in which they stand there. */
  readonly operands: readonly TensorValue[];
  /** The other tensors of the frame. */
  readonly values: readonly TensorValue[];
}

/** A layer on the way from the model down to the one that failed. */
export interface ModelLayer {
  /** Path from the model, "" for the model itself: `head.fc2`. */
  readonly path: string;
  /** `Linear` */
  readonly type: string;
  /** Its sizes in the framework's own words: `in_features=512, out_features=10, bias=True`. */
  readonly sizes?: string;
}

/** One exception of a chain. */
export interface FailureException {
  /** The class with its module: `builtins.RuntimeError`. */
  readonly type: string;
  readonly message: string;
  /** Notes that were added to it (PEP 678). */
  readonly notes?: readonly string[];
  /** The outermost frame first. */
  readonly frames: readonly FailureFrame[];
}

/** What PyTorch's allocator told where memory ran out. In bytes. */
export interface MemoryFigures {
  readonly device: string;
  readonly allocated?: number;
  readonly reserved?: number;
  readonly peak?: number;
  readonly free?: number;
  readonly total?: number;
  /** The largest tensors that were alive, the largest first. */
  readonly largest: readonly TensorValue[];
}

/** One thing that went wrong in a process. */
export interface TensorFailure {
  /** `warning`: nothing was raised, a shape was only warned of. `thread`: the main program may have gone on. */
  readonly origin: "main" | "thread" | "process" | "test" | "interactive" | "warning";
  /** ISO 8601, UTC. */
  readonly at: string;
  /** In the order of a traceback: the first cause first, what ended the program last. For a warning the one that would have been raised. */
  readonly exceptions: readonly FailureException[];
  /** From the model down to the layer that failed. */
  readonly layers: readonly ModelLayer[];
  /** The layers beside it in its parent: one of them may have been skipped. */
  readonly siblings?: readonly ModelLayer[];
  readonly memory?: MemoryFigures;
  /** Frames, values or text were left out for want of room or time. */
  readonly isCut: boolean;
}

/**
 * What a process wrote to `$TENSORLINE_RUN/PID.json`, anew by rename with each failure.
 * At most 40 frames and 60 values a failure and 256 KiB in all.
 */
export interface RunRecord {
  readonly format: 1;
  readonly pid: number;
  /** The parent's pid: tells the ranks of one launcher. */
  readonly parentPid: number;
  /** The script or module that ran: `train.py`, `-m package.train`, `-c`. Without its arguments, which may hold secrets. */
  readonly program: string;
  /** The folder in which it was started, to which relative files belong. */
  readonly folder: string;
  readonly python: string;
  /** The versions of the frameworks that were imported: `{ torch: "2.13.0" }`. */
  readonly versions: Readonly<Record<string, string>>;
  /** In a distributed run, from RANK, LOCAL_RANK and WORLD_SIZE. */
  readonly rank?: { readonly rank: number; readonly localRank?: number; readonly worldSize?: number };
  readonly failures: readonly TensorFailure[];
}

/** An operand as an explanation shows it. */
export interface ExplainedOperand {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype?: string;
  readonly device?: string;
  /** Positions of the dimensions that clash, counted from 0. */
  readonly clash?: readonly number[];
  /** What it has to do with the failure: `last dimension 784`, `expects 512`. */
  readonly note?: string;
}

/** A change of the code that is one safe piece of text. */
export interface FixEdit {
  readonly place: CodePlace;
  /** What stands there now; the edit is offered only while it still does. */
  readonly was: string;
  readonly text: string;
}

/** What to do about it. */
export interface Fix {
  /** One line: `pass h.flatten(1)`. */
  readonly text: string;
  readonly edit?: FixEdit;
}

/** What failed and why, of a record or of text alone. Four views show it: terminal, panel, Problems and notification. */
export interface Explanation {
  /** The family of the failure: `matmul`, `broadcast`, `device`, `outOfMemory`, … */
  readonly kind: string;
  readonly framework: TensorFramework;
  /** One sentence that names the user's own variables where they are known. */
  readonly summary: string;
  /** The message as the framework wrote it, cleaned. */
  readonly message: string;
  readonly expression?: string;
  readonly operands: readonly ExplainedOperand[];
  /** Path of the failing layer in the model: `head.fc2`. */
  readonly module?: string;
  readonly layers: readonly ModelLayer[];
  /** The rule of the operation in one plain sentence. */
  readonly rule: string;
  readonly fixes: readonly Fix[];
  /** 0 to 1. */
  readonly confidence: number;
  /** The user's own line. */
  readonly location?: CodePlace;
  readonly rank?: number;
  /** How many other ranks or processes failed after it. */
  readonly others: number;
}
