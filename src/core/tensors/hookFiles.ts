import { createHash } from "node:crypto";
import expressionsText from "./python/expressions.py";
import framesText from "./python/frames.py";
import layersText from "./python/layers.py";
import lookingText from "./python/looking.py";
import memoryText from "./python/memory.py";
import operandsText from "./python/operands.py";
import patchesText from "./python/patches.py";
import readersText from "./python/readers.py";
import recordText from "./python/record.py";
import sitecustomizeText from "./python/sitecustomize.py";
import sourceText from "./python/source.py";
import traceText from "./python/trace.py";
import traceFunctionText from "./python/traceFunction.py";
import traceLinesText from "./python/traceLines.py";
import traceMonitoringText from "./python/traceMonitoring.py";
import tracePlansText from "./python/tracePlans.py";
import traceTorchText from "./python/traceTorch.py";
import traceValuesText from "./python/traceValues.py";
import watchText from "./python/watch.py";

const parts = {
  watch: watchText,
  patches: patchesText,
  record: recordText,
  frames: framesText,
  source: sourceText,
  expressions: expressionsText,
  operands: operandsText,
  looking: lookingText,
  readers: readersText,
  layers: layersText,
  memory: memoryText,
  trace: traceText,
  traceValues: traceValuesText,
  tracePlans: tracePlansText,
  traceLines: traceLinesText,
  traceFunction: traceFunctionText,
  traceMonitoring: traceMonitoringText,
  traceTorch: traceTorchText,
};

/** The hook by the names of its files, below its folder: what Python loads at its start, and a package for when something fails. */
export const hookFiles: Readonly<Record<string, string>> = {
  "sitecustomize.py": sitecustomizeText,
  ...Object.fromEntries(Object.entries(parts).map(([name, text]) => [`_tensorline/${name}.py`, text])),
};

/** Names the hook's folder on a host: another text has another one, so that old and new clients get along. */
export const hookHash = createHash("sha256").update(JSON.stringify(hookFiles)).digest("hex").slice(0, 16);
