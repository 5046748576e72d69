import type { Clock } from "../core/clock";
import { Failure, type FailureReason, isFailure } from "../core/failure";
import type { Link } from "./link";

/** Finds sessions: on the first connection, and on further ones where the server allows too few on one. */
export interface Sessions {
  /**
   * Tries the work on each connection in turn, then on a new one.
   * @throws Failure `noSession`, `cancelled` and those of the work
   */
  on<T>(signal: AbortSignal, work: (link: Link) => Promise<T>): Promise<T>;
  /** A session has just been given up. */
  freed(): void;
  /** False once the server was seen to allow a single session. */
  parallel(): boolean;
  /** Ends the further connections; the first one is its owner's. */
  close(): void;
}

export interface SessionsDeps {
  readonly clock: Clock;
  /** Another connection to the same host, made without asking anybody; rejects when that cannot be. */
  readonly connectAgain: (signal: AbortSignal) => Promise<Link>;
}

/** sshd counts a session for a moment longer than it is open: one that was just freed is worth waiting for. */
const freedPatienceMs = 1_000;
const freedPauseMs = 50;

/** A log-in that failed for want of an answer fails again, and servers count such attempts. */
const hopeless: ReadonlySet<FailureReason> = new Set<FailureReason>([
  "promptUnavailable",
  "hostKeyUnknown",
  "authenticationFailed",
]);

export function createSessions(first: Link, { clock, connectAgain }: SessionsDeps): Sessions {
  const extras = new Set<Link>();
  let parallel = true;
  let closed = false;
  let alone: unknown;
  /** `clock.monotonic()` when a session was last given up. */
  let freedAt = Number.NEGATIVE_INFINITY;

  async function onOpenLinks<T>(work: (link: Link) => Promise<T>): Promise<{ result: T } | undefined> {
    for (const link of [first, ...extras]) {
      try {
        return { result: await work(link) };
      } catch (error) {
        if (!isFailure(error, "noSession") && (link === first || !isFailure(error, "connectionLost"))) throw error;
        if (link === first && first.openChannels() <= 1) parallel = false;
      }
    }
    return undefined;
  }

  async function anotherLink(signal: AbortSignal): Promise<Link> {
    const noSession = (cause: unknown) => new Failure({ reason: "noSession", host: first.host }, cause);
    if (alone !== undefined) throw noSession(alone);
    const extra = await connectAgain(signal).catch((error: unknown) => {
      if (isFailure(error, "cancelled")) throw error;
      if (isFailure(error) && hopeless.has(error.problem.reason)) alone = error;
      throw noSession(error);
    });
    extras.add(extra);
    extra.ended.then(() => extras.delete(extra));
    if (closed) extra.close();
    return extra;
  }

  return {
    async on(signal, work) {
      for (;;) {
        const done = await onOpenLinks(work);
        if (done) return done.result;
        if (clock.monotonic() - freedAt > freedPatienceMs) break;
        await new Promise<void>((resolve) => clock.after(freedPauseMs, resolve));
      }
      const extra = await anotherLink(signal);
      try {
        return await work(extra);
      } catch (error) {
        if (isFailure(error, "noSession")) extra.close();
        throw error;
      }
    },
    freed() {
      freedAt = clock.monotonic();
    },
    parallel: () => parallel,
    close() {
      closed = true;
      for (const extra of extras) extra.close();
    },
  };
}
