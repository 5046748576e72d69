import type { Clock } from "../clock";
import type { TransferProgress } from "./transfer";

/** Counts what has moved and tells about it in measured steps. */
export interface Meter {
  bytes(count: number): void;
  file(path: string): void;
  /** Tells the state once more, whatever the time. */
  finish(): void;
  done(): Pick<TransferProgress, "doneBytes" | "doneFiles">;
}

const intervalMs = 100;

export function createMeter(
  clock: Clock,
  totals: Pick<TransferProgress, "totalBytes" | "totalFiles">,
  onProgress: (progress: TransferProgress) => void = () => {},
): Meter {
  let doneBytes = 0;
  let doneFiles = 0;
  let current: string | undefined;
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = () => {
    toldAt = clock.monotonic();
    onProgress({ ...totals, doneBytes, doneFiles, ...(current === undefined ? {} : { current }) });
  };
  const maybeTell = () => {
    if (clock.monotonic() - toldAt >= intervalMs) tell();
  };
  return {
    bytes(count) {
      doneBytes += count;
      maybeTell();
    },
    file(path) {
      doneFiles++;
      current = path;
      maybeTell();
    },
    finish: tell,
    done: () => ({ doneBytes, doneFiles }),
  };
}
