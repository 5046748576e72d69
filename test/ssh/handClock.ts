import type { Clock } from "../../src/core/clock";
import { toDisposable } from "../../src/core/lifecycle";

/** A clock that stands still until it is told to move. */
export interface HandClock extends Clock {
  /** Lets time pass; what falls due meanwhile is called, in order. */
  advance(ms: number): void;
  /** What sleep looks like: people's time goes on, the monotonic time of Linux and macOS does not. */
  sleep(ms: number): void;
  /** Milliseconds until each timer that is set. */
  pending(): number[];
}

export function handClock(): HandClock {
  let monotonic = 1000;
  let ahead = Date.UTC(2026, 0, 1);
  const timers = new Set<{ at: number; callback: () => void }>();
  return {
    now: () => ahead + monotonic,
    monotonic: () => monotonic,
    after(ms, callback) {
      const timer = { at: monotonic + ms, callback };
      timers.add(timer);
      return toDisposable(() => timers.delete(timer));
    },
    advance(ms) {
      const end = monotonic + ms;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((left, right) => left.at - right.at);
        if (!next) break;
        timers.delete(next);
        monotonic = Math.max(monotonic, next.at);
        next.callback();
      }
      monotonic = end;
    },
    sleep(ms) {
      ahead += ms;
    },
    pending: () => [...timers].map(({ at }) => at - monotonic),
  };
}
