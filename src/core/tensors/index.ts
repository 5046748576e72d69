import { explainRecords, explainText } from "./explain";
import { explainJob } from "./explainJob";
import { clearRuns } from "./hook";
import { explanationLine, openWords, renderExplanation, showWords } from "./render";
import { beginRun } from "./terminal/beginRun";
import type { BeginRun, Explainer } from "./terminal/parts";
import { createTensorSession } from "./terminal/session";
import { marksScript, terminalOverlay } from "./terminal/shellText";
import { type TraceParts, traceParts } from "./trace/parts";

/** Everything about tensors that is loaded with the first terminal, link or explanation. */
export interface TensorParts {
  readonly explainer: Explainer;
  readonly beginRun: BeginRun;
  readonly clearRuns: typeof clearRuns;
  readonly explainJob: typeof explainJob;
  readonly createTensorSession: typeof createTensorSession;
  readonly terminalOverlay: typeof terminalOverlay;
  readonly marksScript: typeof marksScript;
  readonly renderExplanation: typeof renderExplanation;
  readonly explanationLine: typeof explanationLine;
  readonly openWords: typeof openWords;
  readonly showWords: string;
  readonly trace: TraceParts;
}

export const tensorParts: TensorParts = {
  explainer: { records: explainRecords, text: explainText },
  beginRun,
  clearRuns,
  explainJob,
  createTensorSession,
  terminalOverlay,
  marksScript,
  renderExplanation,
  explanationLine,
  openWords,
  showWords,
  trace: traceParts,
};

export { jobHook } from "./jobHook";
