import { randomUUID } from "node:crypto";
import { hookOverlay, prepareRun, readRun } from "../hook";
import { readTraces } from "../trace/read";
import type { BeginRun } from "./parts";

/** A run for each shell: what its programs leave is nobody else's. */
export const beginRun: BeginRun = async (runner, signal) => {
  const place = await prepareRun(runner, `terminal-${randomUUID()}`, signal);
  return {
    overlay: hookOverlay(place),
    read: (given) => runner.run(readRun(place.run), given),
    traces: (given) => runner.run(readTraces(place.run), given),
  };
};
