import type { Clock } from "../core/clock";
import { Failure, type Problem } from "../core/failure";
import type { Prompts } from "../core/ports";

export interface Deadline {
  readonly clock: Clock;
  readonly ms: number;
  /** What to fail with when the time is over. */
  readonly problem: () => Problem;
}

/** Who is asked, and what stops the work. */
export interface Interaction {
  readonly prompts: Prompts;
  readonly signal: AbortSignal;
}

/**
 * Does work under a deadline that stands still while the user is being asked something.
 * @throws Failure the deadline's problem; `cancelled` when the outer signal fires; else what the work throws
 */
export async function withDeadline<T>(
  deadline: Deadline,
  outer: Interaction,
  work: (inner: Interaction) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const onAbort = () => abort.abort(new Failure({ reason: "cancelled" }));
  if (outer.signal.aborted) onAbort();
  outer.signal.addEventListener("abort", onAbort, { once: true });
  const watch = pausingTimer(deadline.clock, deadline.ms, () => abort.abort(new Failure(deadline.problem())));
  const pausing = async <A>(ask: () => Promise<A>): Promise<A> => {
    watch.pause();
    try {
      return await ask();
    } finally {
      watch.resume();
    }
  };
  const prompts: Prompts = {
    askText: (question, signal) => pausing(() => outer.prompts.askText(question, signal)),
    confirmHostKey: (question, signal) => pausing(() => outer.prompts.confirmHostKey(question, signal)),
    tell: (notice, signal) => pausing(async () => outer.prompts.tell?.(notice, signal)),
  };
  try {
    return await work({ prompts, signal: abort.signal });
  } catch (error) {
    throw abort.signal.aborted ? abort.signal.reason : error;
  } finally {
    watch.dispose();
    outer.signal.removeEventListener("abort", onAbort);
    // Questions that are still open lose their meaning.
    abort.abort(new Failure({ reason: "cancelled" }));
  }
}

function pausingTimer(clock: Clock, ms: number, expired: () => void) {
  let left = ms;
  let started = clock.monotonic();
  let timer = clock.after(left, expired);
  let pauses = 0;
  let disposed = false;
  return {
    pause() {
      if (pauses++ > 0) return;
      timer.dispose();
      left -= clock.monotonic() - started;
    },
    resume() {
      if (--pauses > 0 || disposed) return;
      started = clock.monotonic();
      timer = clock.after(Math.max(left, 0), expired);
    },
    dispose() {
      disposed = true;
      timer.dispose();
    },
  };
}
