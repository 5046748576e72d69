import type { Clock } from "../core/clock";
import type { Disposable } from "../core/lifecycle";
import type { Prompts } from "../core/ports";

/** A deadline that stands still while the user is being asked something. */
export interface ConnectDeadline extends Disposable {
  /** The same questions, during which the deadline waits. */
  readonly prompts: Prompts;
}

export function connectDeadline(clock: Clock, ms: number, prompts: Prompts, expired: () => void): ConnectDeadline {
  let left = ms;
  let started = clock.monotonic();
  let timer = clock.after(left, expired);
  let questions = 0;
  let disposed = false;
  const pause = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (questions++ === 0) {
      timer.dispose();
      left -= clock.monotonic() - started;
    }
    try {
      return await ask();
    } finally {
      if (--questions === 0 && !disposed) {
        started = clock.monotonic();
        timer = clock.after(Math.max(left, 0), expired);
      }
    }
  };
  return {
    prompts: {
      askText: (question, signal) => pause(() => prompts.askText(question, signal)),
      confirmHostKey: (question, signal) => pause(() => prompts.confirmHostKey(question, signal)),
      tell: (notice, signal) => pause(async () => prompts.tell?.(notice, signal)),
    },
    dispose() {
      disposed = true;
      timer.dispose();
    },
  };
}
