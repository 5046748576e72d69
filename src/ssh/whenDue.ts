import type { Clock } from "../core/clock";
import { type Disposable, MutableDisposable } from "../core/lifecycle";

/** So soon after waking up is noticed what came due meanwhile. */
const lookMs = 2_000;

/**
 * Calls back once after so many milliseconds, those that the machine sleeps included: timers stand still meanwhile on
 * Linux and macOS, the wall clock does not.
 */
export function whenDue(clock: Clock, ms: number, action: () => void): Disposable {
  const due = { now: clock.now() + ms, monotonic: clock.monotonic() + ms };
  const timer = new MutableDisposable<Disposable>();
  const look = () => {
    const left = Math.min(due.now - clock.now(), due.monotonic - clock.monotonic());
    if (left > 0) timer.replace(clock.after(Math.min(left, lookMs), look));
    else action();
  };
  look();
  return timer;
}
