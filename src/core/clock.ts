import { type Disposable, toDisposable } from "./lifecycle";

/** Time as the core sees it, so that tests can turn it by hand. */
export interface Clock {
  /** Milliseconds since the epoch: for people. Jumps when the user sets the clock. */
  now(): number;
  /** Milliseconds that only ever grow: for ages, deadlines and intervals. */
  monotonic(): number;
  /** Calls once after `ms` milliseconds. */
  after(ms: number, callback: () => void): Disposable;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return toDisposable(() => clearTimeout(timer));
  },
};
