import { Emitter, type Event } from "../event";
import type { HostRef } from "../ports";
import type { Operation, Operations } from "./operation";

/** How much of a log is kept for those who come later; bytes. */
const keptBytes = 2 ** 20;

/** An operation that is being looked at: one follower on the host, however many want to see its output. */
export interface FollowedOperation {
  readonly host: HostRef;
  readonly id: string;
  readonly title: string;
  /** As it stands. */
  state(): Operation;
  /** The last MiB of what its log says so far. */
  log(): readonly Uint8Array[];
  readonly onOutput: Event<Uint8Array>;
  /** Following stopped and goes on when the host is there again. */
  readonly onInterrupted: Event<void>;
  /** How it ended; rejects with a `Failure` where it can no longer be followed. */
  readonly ended: Promise<Operation>;
}

/** Follows an operation from the first byte of its log until it ends or `signal` fires. */
export function followOperation(
  host: HostRef,
  known: Operation,
  operations: Operations,
  signal: AbortSignal,
): FollowedOperation {
  const output = new Emitter<Uint8Array>();
  const interrupted = new Emitter<void>();
  const kept: Uint8Array[] = [];
  let size = 0;
  let current = known;

  const keep = (chunk: Uint8Array) => {
    kept.push(chunk);
    size += chunk.length;
    for (let first = kept[0]; first && size - first.length > keptBytes; first = kept[0]) {
      kept.shift();
      size -= first.length;
    }
    output.fire(chunk);
  };
  const sink = { output: keep, interrupted: () => interrupted.fire() };
  const ended = operations.follow(known.id, 0, sink, signal).then((end) => {
    current = end;
    return end;
  });
  // Whoever shows it hears of it; nobody has to.
  ended.catch(() => undefined);
  return {
    host,
    id: known.id,
    title: known.title,
    state: () => current,
    log: () => kept,
    onOutput: output.event,
    onInterrupted: interrupted.event,
    ended,
  };
}
