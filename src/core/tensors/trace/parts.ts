import { lineText, valueText } from "./lineText";
import { mergeTraces } from "./merge";
import { originOf } from "./origin";
import { originMarkdown, traceJson, traceMarkdown } from "./report";
import { createSymbols } from "./symbols";

/** What makes something to look at of the traces of a run. */
export interface TraceParts {
  readonly merge: typeof mergeTraces;
  readonly symbols: typeof createSymbols;
  readonly lineText: typeof lineText;
  readonly valueText: typeof valueText;
  readonly markdown: typeof traceMarkdown;
  readonly json: typeof traceJson;
  readonly originOf: typeof originOf;
  readonly originMarkdown: typeof originMarkdown;
}

export const traceParts: TraceParts = {
  merge: mergeTraces,
  symbols: createSymbols,
  lineText,
  valueText,
  markdown: traceMarkdown,
  json: traceJson,
  originOf,
  originMarkdown,
};
