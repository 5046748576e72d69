import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "../clock";
import { toDisposable } from "../lifecycle";

/** How long a client may take to read the rest after the host's side is gone. */
const lingerMs = 10_000;

export interface Joined {
  /** Both sides are gone. */
  readonly ended: Promise<void>;
  /** Breaks both. */
  destroy(): void;
}

/**
 * Joins a local socket (made with `allowHalfOpen`) and a connection from the host, with back-pressure. An end is passed
 * on alone, so that the other direction goes on; a break breaks the other side at once, so that nobody takes it for an end.
 */
export function join(
  local: Socket,
  remote: Duplex,
  clock: Clock,
  moved: { sent(bytes: number): void; received(bytes: number): void },
): Joined {
  const closed = (side: Duplex) => new Promise<void>((resolve) => side.once("close", () => resolve()));
  const ended = Promise.all([closed(local), closed(remote)]).then(() => undefined);
  const destroy = () => {
    local.resetAndDestroy();
    discard(remote);
  };
  let linger = toDisposable(() => {});
  remote.on("error", () => local.resetAndDestroy());
  local.once("close", () => {
    linger.dispose();
    const whole = local.readableEnded && local.writableFinished;
    // What the client sent before it hung up properly is still under way.
    if (!whole) remote.destroy();
    remote.resume();
  });
  remote.once("close", () => {
    if (local.destroyed) return;
    // What the client still sends is read and dropped: closing over it would reset the connection and lose what was received.
    local.unpipe(remote);
    local.resume();
    local.end();
    linger = clock.after(lingerMs, () => local.destroy());
  });
  local.on("data", (chunk: Buffer) => moved.sent(chunk.length));
  remote.on("data", (chunk: Buffer) => moved.received(chunk.length));
  local.pipe(remote);
  remote.pipe(local);
  return { ended, destroy };
}

/** Gives up a connection; some streams close only once they were read to their end. */
export function discard(remote: Duplex): void {
  remote.on("error", () => {});
  remote.destroy();
  remote.resume();
}
