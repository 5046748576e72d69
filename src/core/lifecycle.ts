/** Something to be let go of, once. */
export interface Disposable {
  dispose(): void;
}

/** Makes a disposable of a function; calling it again does nothing. */
export function toDisposable(dispose: () => void): Disposable {
  let done = false;
  return {
    dispose() {
      if (done) return;
      done = true;
      dispose();
    },
  };
}

/** Owns disposables and lets go of them in reverse order. What is added after that is let go of at once. */
export class DisposableStore implements Disposable {
  private readonly items: Disposable[] = [];
  private disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.disposed) item.dispose();
    else this.items.push(item);
    return item;
  }

  dispose(): void {
    this.disposed = true;
    for (let item = this.items.pop(); item; item = this.items.pop()) item.dispose();
  }
}

/** Owns one disposable that gets replaced. */
export class MutableDisposable<T extends Disposable> implements Disposable {
  private current: T | undefined;
  private disposed = false;

  get value(): T | undefined {
    return this.current;
  }

  /** Takes the new one and lets go of the old one. */
  replace(next: T | undefined): void {
    const old = this.current;
    this.current = this.disposed ? undefined : next;
    old?.dispose();
    if (this.disposed) next?.dispose();
  }

  dispose(): void {
    this.disposed = true;
    this.replace(undefined);
  }
}
