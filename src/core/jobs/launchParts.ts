import { backends } from "./backends";
import { contentsCommand } from "./contents";
import { createClientState } from "./launch/clientState";
import { createOutlook } from "./launch/gpuOutlook";
import { readLaunch } from "./launch/keptLaunch";
import { createLauncher } from "./launch/launcher";
import { readPresets } from "./launch/presets";
import { bringResults, resultsFolder } from "./launch/results";
import { causeOfDeath } from "./read/cause";
import { createOutputReader } from "./read/output";

/** What launches jobs and reads their output: loaded with the rest of jobs when somebody needs it for the first time. */
export const launchParts = {
  backends,
  contentsCommand,
  createOutlook,
  createClientState,
  readLaunch,
  createLauncher,
  readPresets,
  bringResults,
  resultsFolder,
  causeOfDeath,
  createOutputReader,
} as const;

export type LaunchParts = typeof launchParts;
