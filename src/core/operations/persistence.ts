import type { Clock } from "../clock";
import { Failure, isFailure } from "../failure";

/** Whether trying again on the next connection is the answer: the old one was lost, or gave its session away. */
export function isInterruption(error: unknown): boolean {
  return isFailure(error, "connectionLost") || isFailure(error, "silent") || isFailure(error, "paused");
}

/** @throws Failure `cancelled` */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      timer.dispose();
      reject(new Failure({ reason: "cancelled" }));
    };
    const timer = clock.after(ms, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
