import type { Clock } from "../../core/clock";
import { type Disposable, MutableDisposable } from "../../core/lifecycle";

/** Something that is done at most once in a while, however often it is asked for. */
export interface Throttle extends Disposable {
  /** Does it at once where the last time is long enough ago, else once when it is. */
  ask(): void;
}

export function createThrottle(clock: Clock, everyMs: number, run: () => void): Throttle {
  const waiting = new MutableDisposable<Disposable>();
  let last = Number.NEGATIVE_INFINITY;
  const go = () => {
    waiting.replace(undefined);
    last = clock.monotonic();
    run();
  };
  return {
    ask() {
      if (waiting.value) return;
      const rest = last + everyMs - clock.monotonic();
      if (rest <= 0) go();
      else waiting.replace(clock.after(rest, go));
    },
    dispose: () => waiting.dispose(),
  };
}
