import type { Clock } from "../../src/core/clock";
import { toDisposable } from "../../src/core/lifecycle";

/** A clock that stands still until it is turned. */
export interface ManualClock extends Clock {
  /** Lets time pass and calls what is due, in order. */
  advance(ms: number): void;
  /** Moves the wall clock only: a user or a time server sets it, or the machine slept (monotonic time does not go on then). */
  jump(ms: number): void;
  /** Milliseconds until each timer that is set. */
  pending(): number[];
}

export function createManualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  let monotonic = 0;
  let offset = start;
  const timers = new Set<{ at: number; callback: () => void }>();
  return {
    now: () => monotonic + offset,
    monotonic: () => monotonic,
    after(ms, callback) {
      const timer = { at: monotonic + ms, callback };
      timers.add(timer);
      return toDisposable(() => timers.delete(timer));
    },
    advance(ms) {
      const end = monotonic + ms;
      for (;;) {
        const due = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        monotonic = Math.max(monotonic, due.at);
        timers.delete(due);
        due.callback();
      }
      monotonic = end;
    },
    jump(ms) {
      offset += ms;
    },
    pending: () => [...timers].map(({ at }) => at - monotonic),
  };
}
