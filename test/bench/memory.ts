import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

export interface Memory {
  /** Bytes of live objects and of the buffers that they hold. */
  readonly live: number;
  /** Bytes that the process holds in all. */
  readonly resident: number;
}

/** What is held after everything that nobody holds any more was collected. */
export function memoryHeld(): Memory {
  // What is held by finalizers goes with the second collection.
  collectGarbage();
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { live: heapUsed + external, resident: rss };
}
