/** Runs tasks, at most so many at the same time. */
export interface Pool {
  /** Begins a task as soon as there is room; rejects with the failure of an earlier one. */
  run(task: () => Promise<void>): Promise<void>;
  /** Resolves when none is running, however they ended. */
  idle(): Promise<void>;
  /** @throws the failure of an earlier task */
  check(): void;
}

export function createPool(width: number): Pool {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const check = () => {
    if (failures.length > 0) throw failures[0];
  };
  return {
    check,
    async run(task) {
      while (running.size >= width) await Promise.race(running);
      check();
      const done: Promise<void> = task()
        .catch((error: unknown) => void failures.push(error))
        .finally(() => running.delete(done));
      running.add(done);
    },
    async idle() {
      await Promise.all(running);
    },
  };
}
