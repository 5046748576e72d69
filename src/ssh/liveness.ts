import type { Clock } from "../core/clock";
import { type Disposable, toDisposable } from "../core/lifecycle";

const tickMs = 5_000;
/** After this much silence the host is asked for a sign of life; this also keeps firewalls from forgetting the connection. */
const silenceBeforeProbeMs = 10_000;
/** With this much silence the link is dead. */
const deadAfterMs = 20_000;
/** After sleep the old silence proves nothing: the host gets this long to answer. */
const afterSleepMs = 5_000;

/** The user's `ServerAliveInterval` and `ServerAliveCountMax`. */
export interface ServerAlive {
  readonly intervalMs: number;
  readonly countMax: number;
}

/** A connection as the watch sees it. */
export interface Watched {
  /** `clock.monotonic()` of the last byte that came in. */
  lastHeard(): number;
  /** Sends something that the host must answer. */
  probe(): void;
  dead(): void;
}

/**
 * Notices a dead connection within 20 s, or sooner where the user wishes, and within 5 s of waking up from sleep. TCP
 * itself would take minutes.
 * Sleep shows as a late tick, or as wall time running ahead of monotonic time (which stands still on Linux and macOS).
 */
export function watchLiveness(clock: Clock, link: Watched, wished?: ServerAlive): Disposable {
  const intervalMs = wished?.intervalMs ?? silenceBeforeProbeMs;
  const probeAfterMs = Math.min(silenceBeforeProbeMs, intervalMs);
  // As ssh counts: it gives up when the next question would be due.
  const goneAfterMs = Math.min(deadAfterMs, intervalMs * ((wished?.countMax ?? 1) + 1));
  const everyMs = Math.min(tickMs, probeAfterMs);
  let last = { now: clock.now(), monotonic: clock.monotonic() };
  let deadline = Number.POSITIVE_INFINITY;
  let timer = clock.after(everyMs, tick);

  function tick(): void {
    const current = { now: clock.now(), monotonic: clock.monotonic() };
    const passed = current.monotonic - last.monotonic;
    const jumped = current.now - last.now - passed;
    const slept = passed > everyMs * 2 || jumped > tickMs;
    const heard = link.lastHeard();
    const silence = current.monotonic - heard;
    if (heard >= last.monotonic) deadline = Number.POSITIVE_INFINITY;
    last = current;
    timer = clock.after(everyMs, tick);
    if (slept) {
      deadline = current.monotonic + afterSleepMs;
      link.probe();
    } else if (current.monotonic >= deadline || silence >= goneAfterMs) {
      timer.dispose();
      link.dead();
    } else if (silence >= probeAfterMs) link.probe();
  }
  return toDisposable(() => timer.dispose());
}
