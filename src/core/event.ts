import { type Disposable, toDisposable } from "./lifecycle";

/** Subscribes to something that happens more than once. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** Says that something happened. A listener that throws does not keep the others from hearing it. */
export class Emitter<T> implements Disposable {
  private readonly listeners = new Set<(value: T) => void>();

  constructor(
    private readonly onError: (error: unknown) => void = (error) => queueMicrotask(() => Promise.reject(error)),
  ) {}

  readonly event: Event<T> = (listener) => {
    const own = (value: T) => listener(value);
    this.listeners.add(own);
    return toDisposable(() => this.listeners.delete(own));
  };

  fire(value: T): void {
    for (const listener of [...this.listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.onError(error);
      }
    }
  }

  dispose(): void {
    this.listeners.clear();
  }
}
