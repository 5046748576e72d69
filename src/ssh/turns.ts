import { Failure } from "../core/failure";

/** Lets one thing happen after the other, in the order they came. */
export interface Turns {
  /** Does the work when its turn comes. One that is aborted while it waits never starts: Failure `cancelled`. */
  take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /** Changes with every turn that is taken, and resolves when all of them are over. */
  over(): Promise<void>;
}

/** `after` is done at the end of each turn, before the next one. */
export function createTurns(after: () => Promise<void>): Turns {
  let last: Promise<void> = Promise.resolve();
  return {
    async take(signal, work) {
      const before = last;
      let done = () => {};
      const finished = new Promise<void>((resolve) => {
        done = resolve;
      });
      last = before.then(() => finished).then(after);
      try {
        await abortable(before, signal);
        return await work();
      } finally {
        done();
      }
    },
    over: () => last,
  };
}

/** Waits for something that others do, no longer than until the signal. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new Failure({ reason: "cancelled" }));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
