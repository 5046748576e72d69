import { explanationLine, openWords, renderExplanation, showWords } from "./render";
import type { BeginRun, Explainer } from "./terminal/parts";
import { createTensorSession } from "./terminal/session";
import { hookOverlay, marksScript } from "./terminal/shellText";

/** Everything about tensors that is loaded with the first terminal, link or explanation. */
export interface TensorParts {
  readonly explainer: Explainer;
  /** Absent: nothing is put on hosts, and failures are explained from what was printed. */
  readonly beginRun?: BeginRun;
  readonly createTensorSession: typeof createTensorSession;
  readonly hookOverlay: typeof hookOverlay;
  readonly marksScript: typeof marksScript;
  readonly renderExplanation: typeof renderExplanation;
  readonly explanationLine: typeof explanationLine;
  readonly openWords: typeof openWords;
  readonly showWords: string;
}

export const tensorParts: TensorParts = {
  explainer: { records: () => undefined, text: () => undefined },
  createTensorSession,
  hookOverlay,
  marksScript,
  renderExplanation,
  explanationLine,
  openWords,
  showWords,
};
