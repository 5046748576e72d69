import type { Duplex } from "node:stream";
import type { Clock } from "../../core/clock";
import { Failure } from "../../core/failure";
import type { Capabilities, TcpTarget, TerminalSize } from "../../core/remote";
import type { Channel, Link, TerminalChannel } from "../link";
import { watchLiveness } from "../liveness";
import { escapedTexts } from "./escape";
import { createMuxChannel, type MuxChannel, type MuxEvent } from "./muxChannel";
import { type MuxProcess, openMuxWire } from "./muxWire";

/** Further connections to the host, each with a login of its own. */
export interface AnotherLogin {
  terminal(size: TerminalSize): Promise<TerminalChannel>;
  dial(target: TcpTarget): Promise<Duplex>;
}

export interface MuxParts {
  readonly process: MuxProcess;
  readonly anotherLogin: AnotherLogin;
  /** What another login can be had for. */
  readonly capabilities: Pick<Capabilities, "pty" | "forward">;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds until the script on the host must be ready, the login included. */
  readonly deadlineMs: number;
  /** Seconds without a word from the client after which all ends on the host. */
  readonly silenceSeconds?: number;
}

/** Its answers keep the watch over the connection from asking for itself. */
const beatMs = 9_000;
const longestCommand = 3_900;
/** A process that does not end by itself once its input has ended is not waited for. */
const farewellMs = 1_000;

/** Kinds of frames about a channel; the script has the same list. */
const [outputKind, errorsKind, passedOnKind, endedKind, openedKind, refusedKind] = [0, 1, 2, 3, 4, 5];

/**
 * A link over the standard streams of one process, for where the system's ssh cannot carry several channels. Command
 * lines run in the host's POSIX shell, each in a session of its own. A channel that was killed ends by signal KILL;
 * any other signal shows as exit code 128 + its number.
 * @throws Failure `noShell`, `deadline`, `cancelled`, and what the process ended with
 */
export async function createMuxLink({ process, anotherLogin, clock, ...parts }: MuxParts): Promise<Link> {
  const { host } = process;
  const wire = await openMuxWire(process, { clock, silenceSeconds: 27, ...parts });
  const channels = new Map<number, MuxChannel>();
  const opening = new Map<number, { opened(): void; failed(failure: Failure): void }>();
  let failure: Failure | undefined;
  let lastId = 0;

  function lose(reason: Failure): void {
    if (failure !== undefined) return;
    failure = reason;
    watch.dispose();
    beat.dispose();
    for (const { failed } of opening.values()) failed(reason);
    for (const { happened } of [...channels.values()]) happened({ kind: "lost" });
  }
  const end = () => {
    lose(new Failure({ reason: "connectionLost", host }));
    process.close();
  };
  const sayAlive = () => {
    wire.send("alive\n");
    beat = clock.after(beatMs, sayAlive);
  };
  let beat = clock.after(beatMs, sayAlive);
  const watch = watchLiveness(clock, { lastHeard: wire.lastHeard, probe: () => wire.send("alive\n"), dead: end });
  process.ended.then(lose);
  process.stdout.once("end", end);

  wire.receive(({ channel: id, kind, payload }) => {
    if (kind === openedKind) opening.get(id)?.opened();
    else if (kind === refusedKind) opening.get(id)?.failed(new Failure({ reason: "noSession", host }));
    else {
      const event = readEvent(kind, payload);
      if (event !== undefined) channels.get(id)?.happened(event);
    }
  });

  return {
    host,
    server: "openssh",
    capabilities: { ...parts.capabilities, sftp: false },
    ended: process.ended.then((reason) => failure ?? reason),
    failure: () => failure,
    openChannels: () => channels.size,
    exec(command) {
      const [text, more] = escapedTexts(Buffer.from(command), longestCommand);
      if (text === undefined || more !== undefined) throw new RangeError("a command line of this length");
      return new Promise<Channel>((resolve, reject) => {
        if (failure) return reject(failure);
        const id = ++lastId;
        const gone = () => {
          channels.delete(id);
          wire.send(`forget ${id}\n`);
        };
        const mux = createMuxChannel({ id, raw: wire.raw, send: wire.send, gone });
        // The program's first words may come before the word that its input can be written to.
        channels.set(id, mux);
        opening.set(id, {
          opened() {
            opening.delete(id);
            resolve(mux.channel);
          },
          failed(reason) {
            opening.delete(id);
            mux.channel.close();
            reject(reason);
          },
        });
        wire.send(`open ${id} ${text}\n`);
      });
    },
    terminal: (size) => (failure ? Promise.reject(failure) : anotherLogin.terminal(size)),
    dial: (target) => (failure ? Promise.reject(failure) : anotherLogin.dial(target)),
    close() {
      if (failure) return;
      lose(new Failure({ reason: "connectionLost", host }));
      process.stdin.end();
      const patience = clock.after(farewellMs, process.close);
      process.ended.then(() => patience.dispose());
    },
  };
}

function readEvent(kind: number, payload: Buffer): MuxEvent | undefined {
  switch (kind) {
    case outputKind:
      return { kind: "output", bytes: payload };
    case errorsKind:
      return { kind: "errors", bytes: payload };
    case passedOnKind:
      return { kind: "passedOn" };
    case endedKind:
      return { kind: "ended", ...readEnd(payload.toString()) };
    default:
      return undefined;
  }
}

function readEnd(payload: string): { exitCode?: number; signal?: string } {
  if (payload === "KILL") return { signal: "SIGKILL" };
  return /^\d{1,3}$/.test(payload) ? { exitCode: Number(payload) } : {};
}
