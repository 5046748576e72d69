import { Failure, isFailure } from "../core/failure";
import type {
  Capabilities,
  CommandOutput,
  RemoteCommand,
  RemotePipe,
  RemoteStream,
  Runner,
  StreamCommand,
  StreamSink,
} from "../core/remote";
import { commandLine } from "./frames";
import type { Link } from "./link";
import { createSessions, type SessionsDeps } from "./sessions";
import { openWarmShell, type WarmShell } from "./shortLane";
import { type Interruptible, openPipe, openStream, openTerminal } from "./streamLane";
import { abortable, createTurns } from "./turns";

export interface Lanes extends Runner {
  /** Ends the extra connections and the warm shell; the first connection is its owner's. */
  close(): void;
}

export type LanesDeps = SessionsDeps;

const killDeadlineMs = 5_000;
/** Commands come in bursts: a stream that made room for one comes back when none has come for so long. */
const quietMs = 250;

/**
 * The two lanes over one connection, and over further ones where the server allows too few sessions on one and logging in
 * again needs nobody. Where that cannot be, sessions are scarce: then who needs one waits for the turn of the short lane
 * and takes the session of the idle warm shell, else that of a stream which yields.
 */
export function createLanes(first: Link, deps: LanesDeps): Lanes {
  const { clock } = deps;
  const sessions = createSessions(first, deps);
  const turns = createTurns(afterTurn);
  const yielding = new Map<Interruptible, string>();
  const never = new AbortController().signal;
  let scarce = false;
  let forwardProhibited = false;
  let warm: WarmShell | undefined;

  /** An abandoned shell still holds its session for a moment, which may be the only one. */
  async function afterTurn(): Promise<void> {
    if (!warm || warm.alive()) return;
    const gone = warm;
    warm = undefined;
    await gone.killed();
    sessions.freed();
  }

  /** Frees a session, if anybody can spare one. */
  async function makeRoom(interrupts: boolean): Promise<boolean> {
    const [stream] = yielding;
    if (warm?.alive()) await warm.close();
    else if (interrupts && stream) await stream[0].interrupt(new Failure({ reason: "paused", what: stream[1] }));
    else return false;
    sessions.freed();
    return true;
  }

  /** To be called in a turn, so that nobody else takes the session that becomes free. */
  async function withRoom<T>(signal: AbortSignal, interrupts: boolean, work: (link: Link) => Promise<T>): Promise<T> {
    try {
      return await sessions.on(signal, work);
    } catch (error) {
      if (!isFailure(error, "noSession")) throw error;
      scarce = true;
      if (!(await makeRoom(interrupts))) throw error;
      return sessions.on(signal, work);
    }
  }

  async function withSession<T>(signal: AbortSignal, work: (link: Link) => Promise<T>, yields = false): Promise<T> {
    if (!scarce) {
      try {
        return await sessions.on(signal, work);
      } catch (error) {
        if (!isFailure(error, "noSession")) throw error;
        scarce = true;
      }
    }
    if (yields) await shortLaneQuiet(signal);
    return turns.take(signal, () => withRoom(signal, !yields, work));
  }

  /** Resolves once no command has run or waited for a while. */
  async function shortLaneQuiet(signal: AbortSignal): Promise<void> {
    let seen: Promise<void> | undefined;
    while (seen !== turns.over()) {
      seen = turns.over();
      await abortable(seen, signal);
      await abortable(new Promise<void>((resolve) => clock.after(quietMs, resolve)), signal);
    }
  }

  async function stream(command: StreamCommand, sink: StreamSink, signal: AbortSignal): Promise<RemoteStream> {
    let ended = false;
    let opened: (RemoteStream & Interruptible) | undefined;
    const watched = endWatched(sink, () => {
      ended = true;
      if (opened) yielding.delete(opened);
    });
    const yields = command.yields === true;
    opened = await withSession(
      signal,
      (link) => openStream(link, command, watched, { clock, killGroup }, signal),
      yields,
    );
    if (yields && !ended) yielding.set(opened, command.what);
    return opened;
  }

  /** A session that ended by itself is free, too. */
  function endWatched(sink: StreamSink, onEnd?: () => void): StreamSink {
    return {
      data: (chunk) => sink.data(chunk),
      errorData: (chunk) => sink.errorData?.(chunk),
      end(end) {
        sessions.freed();
        onEnd?.();
        sink.end(end);
      },
    };
  }

  async function pipe(command: StreamCommand, signal: AbortSignal): Promise<RemotePipe> {
    const yields = command.yields === true;
    const open = (link: Link) => openPipe(link, command, { clock, killGroup }, signal);
    const opened = await withSession(signal, open, yields);
    if (yields) yielding.set(opened, command.what);
    opened.ended.then(() => {
      yielding.delete(opened);
      sessions.freed();
    });
    return opened;
  }

  async function openWarm(signal: AbortSignal): Promise<WarmShell> {
    if (warm?.alive()) return warm;
    warm = await withRoom(signal, true, (link) => openWarmShell(link, clock, signal, killGroup));
    return warm;
  }

  async function runNow(command: RemoteCommand<unknown>, signal: AbortSignal): Promise<CommandOutput> {
    const line = commandLine(command.argv, command.stdin);
    const shell = await openWarm(signal);
    return shell.run(line, { what: command.what, deadlineMs: command.deadlineMs, signal });
  }

  /** What the server would not kill is killed by a command of its own, in turn with the others. */
  function killGroup(pid: number): void {
    const argv = ["kill", "-s", "KILL", "--", `-${pid}`] as const;
    const command = { what: "stopping a command", argv, deadlineMs: killDeadlineMs, parse: () => {} };
    turns.take(never, () => runNow(command, never)).catch(() => {});
  }

  const capabilities: Capabilities = {
    ...first.capabilities,
    get forward() {
      return first.capabilities.forward && !forwardProhibited;
    },
    get parallel() {
      return sessions.parallel();
    },
  };

  return {
    capabilities,
    run: async (command, signal) => command.parse(await turns.take(signal, () => runNow(command, signal))),
    stream,
    pipe,
    terminal: (size, sink, signal) =>
      withSession(signal, (link) => openTerminal(link, size, endWatched(sink), { clock, signal })),
    async dial(target, signal) {
      const dialling = first.dial(target);
      dialling.then(
        (socket) => signal.aborted && socket.destroy(),
        () => {},
      );
      try {
        const socket = await abortable(dialling, signal);
        // A channel ends with its connection, and what was cut off would look whole.
        socket.once("end", () => first.failure() && socket.emit("error", first.failure()));
        return socket;
      } catch (error) {
        if (isFailure(error, "forwardProhibited")) forwardProhibited = true;
        throw error;
      }
    },
    close: sessions.close,
  };
}
