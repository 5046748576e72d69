import type { Clock } from "../core/clock";
import { type Disposable, toDisposable } from "../core/lifecycle";

/** So soon is waking up noticed. */
const tickMs = 2_000;
/** More time than this between two ticks, or more on the wall clock alone, was sleep. */
const sleptMs = 5_000;
/** After this much silence the host is asked for a sign of life; this also keeps firewalls from forgetting the connection. */
const silenceBeforeProbeMs = 10_000;
const probeEveryMs = 5_000;
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
 * Notices a dead connection within 20 s, or sooner where the user wishes, and within a few seconds of waking up from
 * sleep. TCP itself would take minutes.
 * Sleep shows as a late tick, or as wall time running ahead of monotonic time (which stands still on Linux and macOS).
 */
export function watchLiveness(clock: Clock, link: Watched, wished?: ServerAlive): Disposable {
  const intervalMs = wished?.intervalMs ?? silenceBeforeProbeMs;
  const probeAfterMs = Math.min(silenceBeforeProbeMs, intervalMs);
  const probeAgainMs = Math.min(probeEveryMs, probeAfterMs);
  // As ssh counts: it gives up when the next question would be due.
  const goneAfterMs = Math.min(deadAfterMs, intervalMs * ((wished?.countMax ?? 1) + 1));
  const everyMs = Math.min(tickMs, probeAfterMs);
  let last = { now: clock.now(), monotonic: clock.monotonic() };
  /** Until when an answer after sleep must have come. */
  let deadline: number | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let timer = clock.after(everyMs, tick);

  function tick(): void {
    const current = { now: clock.now(), monotonic: clock.monotonic() };
    const passed = current.monotonic - last.monotonic;
    const jumped = current.now - last.now - passed;
    const slept = passed > everyMs + sleptMs || jumped > sleptMs;
    const heard = link.lastHeard();
    const silence = current.monotonic - heard;
    if (heard >= last.monotonic) deadline = undefined;
    last = current;
    timer = clock.after(everyMs, tick);
    if (slept) deadline = current.monotonic + afterSleepMs;
    else if (deadline === undefined ? silence >= goneAfterMs : current.monotonic >= deadline) {
      timer.dispose();
      link.dead();
      return;
    }
    if (!slept && (silence < probeAfterMs || current.monotonic - askedAt < probeAgainMs)) return;
    askedAt = current.monotonic;
    link.probe();
  }
  return toDisposable(() => timer.dispose());
}
