import type {
  ExplainedOperand,
  FailureFrame,
  Fix,
  MemoryFigures,
  ModelLayer,
  Shape,
  TensorFramework,
  TensorValue,
} from "../../shared/tensors";
import type { Reading } from "./template";

/** What is known when a rule has recognised a failure. */
export interface Found {
  readonly framework: TensorFramework;
  /** What the message says in the places of the template. */
  readonly words: Reading["words"];
  /** The tensors that took part: the real ones of a record, else those that the message tells of. */
  readonly operands: readonly ExplainedOperand[];
  /** By the name of the place in the template: the shape that the message tells. */
  readonly shape: (place: string) => Shape | undefined;
  /** Whether the operands were recorded and not read from the message. */
  readonly isRecorded: boolean;
  /** What failed, as the user wrote it: `self.fc2(h)`, `a @ b`. */
  readonly expression?: string;
  /** The names in that expression, as far as it is a plain operation or call. */
  readonly parts?: ExpressionParts;
  /** The line of the expression. */
  readonly source?: string;
  /** The user's own frame of a record. */
  readonly frame?: FailureFrame;
  /** The layer that failed, and the others beside it. */
  readonly layer?: ModelLayer;
  readonly siblings: readonly ModelLayer[];
  /** All tensors of the recorded frames. */
  readonly values: readonly TensorValue[];
  readonly memory?: MemoryFigures;
  /** Everything around the message: other lines of the log may tell more. */
  readonly context: string;
}

/** An expression taken apart: `self.fc2(h)` has the function `self.fc2` and one argument; `a @ b` the operator `@` and two. */
export interface ExpressionParts {
  readonly function?: string;
  readonly operator?: string;
  readonly arguments: readonly string[];
}

/** What an explainer of a kind says. */
export interface Told {
  readonly summary: string;
  readonly operands?: readonly ExplainedOperand[];
  readonly fixes?: readonly Fix[];
  /** Where it differs from that of the rule. */
  readonly rule?: string;
  readonly kind?: string;
}

/**
 * One family of messages. Texts are templates (see `createReader`); a summary or fix may hold `{name}`, which is filled with what
 * stood in that place of the message, or with the user's own name of that operand. A rule without `summary` is told by `explain`.
 */
export interface Rule {
  readonly kind: string;
  /** All wordings of the same failure. */
  readonly texts: readonly string[];
  /** The versions in which a wording was seen; `source`: read in the framework's code or in reports, not run. */
  readonly seen: readonly string[];
  /** Why it fails, in one plain sentence. */
  readonly rule: string;
  readonly summary?: string;
  readonly fixes?: readonly string[];
  readonly explain?: (found: Found) => Told;
  /** What else must be there for an ordinary text not to be taken for it. */
  readonly needs?: Evidence;
  /** 0 to 1; how sure the text makes it. */
  readonly confidence?: number;
  /** Other frameworks show the same text; the one of the traceback is then named. */
  readonly isShared?: boolean;
  /** Follows from another failure: a rank that lost its peer. */
  readonly isSecondary?: boolean;
}

/**
 * `class`: the exception's class is the framework's own. `framework`: that, or it was raised in a line of the framework or one that
 * calls it. `shapeLine`: the user's line takes a shape apart (`b, c = x.shape`). `distributed`: several processes work together.
 */
export type Evidence = "class" | "framework" | "shapeLine" | "distributed";

/** One framework: how it is recognised and the families of its messages. */
export interface FrameworkRules {
  readonly id: TensorFramework;
  /** In the path of a file of it. */
  readonly files: RegExp;
  /** In the name of an exception's class. */
  readonly classes: RegExp;
  /** In a message that only it writes. */
  readonly messages?: RegExp;
  /** In a line of code that uses it. */
  readonly code: RegExp;
  /** The name of its module where versions are listed. */
  readonly module: string;
  readonly rules: readonly Rule[];
}
