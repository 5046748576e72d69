import type { Clock } from "../core/clock";
import { Failure, isFailure } from "../core/failure";
import type { Capabilities, CommandOutput, RemoteCommand, Runner } from "../core/remote";
import { commandLine } from "./frames";
import type { Link } from "./link";
import { openWarmShell, type WarmShell } from "./shortLane";
import { openPipe, openStream, openTerminal } from "./streamLane";

export interface Lanes extends Runner {
  /** Ends the extra connections and the warm shell; the first connection is its owner's. */
  close(): void;
}

export interface LanesDeps {
  readonly clock: Clock;
  /** Another connection to the same host, made without asking anybody; rejects when that cannot be. */
  readonly connectAgain: (signal: AbortSignal) => Promise<Link>;
}

const killDeadlineMs = 5_000;
const freedPatienceMs = 1_000;
const freedPauseMs = 50;

/** The two lanes over one connection, and over further ones where the server allows a single session each. */
export function createLanes(first: Link, { clock, connectAgain }: LanesDeps): Lanes {
  const extras: Link[] = [];
  const never = new AbortController().signal;
  let parallel = true;
  let forwardProhibited = false;
  let warm: WarmShell | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;
  /** `clock.monotonic()` when a session was last given up on the first connection. */
  let freedAt = Number.NEGATIVE_INFINITY;

  /** Tries a session on each connection in turn, then on a new one. */
  async function onSomeLink<T>(signal: AbortSignal, work: (link: Link) => Promise<T>): Promise<T> {
    for (const link of [first, ...extras.filter((extra) => extra.failure() === undefined)]) {
      try {
        return await (link === first ? onFirstLink(work) : work(link));
      } catch (error) {
        if (!isFailure(error, "noSession") && (link === first || !isFailure(error, "connectionLost"))) throw error;
        if (link === first && first.openChannels() <= 1) parallel = false;
      }
    }
    const noSession = new Failure({ reason: "noSession", host: first.host });
    const extra = await connectAgain(signal).catch((error: unknown) => {
      throw isFailure(error, "cancelled") ? error : new Failure(noSession.problem, error);
    });
    if (closed) extra.close();
    else extras.push(extra);
    extra.ended.then(() => extras.splice(extras.indexOf(extra), 1));
    try {
      return await work(extra);
    } catch (error) {
      if (isFailure(error, "noSession")) extra.close();
      throw error;
    }
  }

  /** sshd counts a session for a moment longer than it is open: one that was just freed is worth waiting for. */
  async function onFirstLink<T>(work: (link: Link) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work(first);
      } catch (error) {
        if (!isFailure(error, "noSession") || clock.monotonic() - freedAt > freedPatienceMs) throw error;
        await new Promise<void>((resolve) => clock.after(freedPauseMs, resolve));
      }
    }
  }

  async function openWarm(signal: AbortSignal): Promise<WarmShell> {
    if (warm?.alive()) return warm;
    warm = await onSomeLink(signal, (link) => openWarmShell(link, clock, signal, killGroup));
    return warm;
  }

  /** What the server would not kill is killed by a command of its own, in turn with the others. */
  function killGroup(pid: number): void {
    const argv = ["kill", "-s", "KILL", "--", `-${pid}`] as const;
    const command = { what: "stopping a command", argv, deadlineMs: killDeadlineMs, parse: () => {} };
    inTurn(() => runNow(command, never)).catch(() => {});
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = queue.then(work);
    // An abandoned shell still holds its session for a moment, which may be the only one.
    queue = done.catch(async () => {
      if (warm?.alive() !== false) return;
      await warm.killed();
      freedAt = clock.monotonic();
    });
    return done;
  }

  async function runNow(command: RemoteCommand<unknown>, signal: AbortSignal): Promise<CommandOutput> {
    if (signal.aborted) throw new Failure({ reason: "cancelled" });
    const line = commandLine(command.argv, command.stdin);
    const shell = await openWarm(signal);
    return shell.run(line, { what: command.what, deadlineMs: command.deadlineMs, signal });
  }

  /** A warm shell that is not running anything gives its session to a stream that finds no other. */
  async function withSession<T>(signal: AbortSignal, work: (link: Link) => Promise<T>): Promise<T> {
    try {
      return await onSomeLink(signal, work);
    } catch (error) {
      if (!isFailure(error, "noSession") || !warm?.alive()) throw error;
      await inTurn(async () => warm?.close());
      freedAt = clock.monotonic();
      return onFirstLink(work);
    }
  }

  const capabilities: Capabilities = {
    ...first.capabilities,
    get forward() {
      return first.capabilities.forward && !forwardProhibited;
    },
    get parallel() {
      return parallel;
    },
  };

  return {
    capabilities,
    async run(command, signal) {
      return command.parse(
        await abortable(
          inTurn(() => runNow(command, signal)),
          signal,
        ),
      );
    },
    stream: (command, sink, signal) =>
      withSession(signal, (link) => openStream(link, command, sink, { clock, killGroup }, signal)),
    pipe: (command, signal) => withSession(signal, (link) => openPipe(link, command, { clock, killGroup }, signal)),
    terminal: (size, sink, signal) => withSession(signal, (link) => openTerminal(link, size, sink, { clock, signal })),
    async dial(target, signal) {
      const dialling = first.dial(target);
      dialling.then(
        (socket) => signal.aborted && socket.destroy(),
        () => {},
      );
      try {
        return await abortable(dialling, signal);
      } catch (error) {
        if (isFailure(error, "forwardProhibited")) forwardProhibited = true;
        throw error;
      }
    },
    close() {
      closed = true;
      for (const extra of [...extras]) extra.close();
    },
  };
}

/** A command still waiting in the queue need not be waited for once it is aborted. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new Failure({ reason: "cancelled" }));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
