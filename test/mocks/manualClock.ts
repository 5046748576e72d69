import type { Clock } from "../../src/core/clock";
import { toDisposable } from "../../src/core/lifecycle";

/** A clock that stands still until it is turned. */
export function createManualClock(start = Date.UTC(2026, 0, 1)): Clock & {
  /** Lets time pass and calls what is due, in order. */
  advance(ms: number): void;
  /** Sets the wall clock only, as a user or a time server does. */
  jump(ms: number): void;
} {
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
  };
}
