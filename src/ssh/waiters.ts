import { Failure } from "../core/failure";

/** Those who wait for something that is not there yet. */
export interface Waiters<T> {
  /** @throws Failure `cancelled` when aborted, else what `reject` is given */
  wait(signal: AbortSignal): Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function createWaiters<T>(): Waiters<T> {
  const waiting = new Set<{ resolve(value: T): void; reject(error: unknown): void }>();
  const settle = (act: (waiter: { resolve(value: T): void; reject(error: unknown): void }) => void) => {
    const all = [...waiting];
    waiting.clear();
    for (const waiter of all) act(waiter);
  };
  return {
    resolve: (value) => settle((waiter) => waiter.resolve(value)),
    reject: (error) => settle((waiter) => waiter.reject(error)),
    wait(signal) {
      let leave = () => {};
      const turn = new Promise<T>((resolve, reject) => {
        const waiter = { resolve, reject };
        const onAbort = () => reject(new Failure({ reason: "cancelled" }));
        leave = () => {
          waiting.delete(waiter);
          signal.removeEventListener("abort", onAbort);
        };
        waiting.add(waiter);
        signal.addEventListener("abort", onAbort, { once: true });
        if (signal.aborted) onAbort();
      });
      return turn.finally(leave);
    },
  };
}
