import type { Duplex } from "node:stream";
import type { Client, ClientCallback, ClientChannel } from "ssh2";
import type { Clock } from "../core/clock";
import { Failure, isFailure } from "../core/failure";
import type { TcpTarget, TerminalSize } from "../core/remote";
import type { HostOptions } from "./hostOptions";
import type { Link } from "./link";
import { watchLiveness } from "./liveness";
import { plainText } from "./plainText";
import { keepWindowSmall, terminalWindowBytes } from "./smallWindow";

export interface LinkParts {
  readonly host: string;
  readonly options: HostOptions;
  readonly client: Client;
  /** What the connection runs on: a socket, a proxy command, or a channel of `carrier`. */
  readonly stream: Duplex;
  /** The connection that exists only for this one. */
  readonly carrier: Link | undefined;
  readonly clock: Clock;
  /** What the server said first. */
  readonly greeting: string;
  /** `clock.monotonic()` of the last byte that came in. */
  readonly lastHeard: () => number;
}

/** A server that does not answer the farewell is not waited for. */
const farewellMs = 1_000;

/** Takes over a client that has just logged in, and watches that it stays alive. */
export function createSsh2Link(parts: LinkParts): Link {
  const { host, options, client, stream, carrier, clock } = parts;
  let failure: Failure | undefined;
  let channels = 0;
  let agentRefused = false;
  const env = { ...options.environment };
  const lost = (cause?: unknown) => new Failure({ reason: "connectionLost", host }, cause);
  const end = () => {
    failure ??= carrier?.failure() ?? (isFailure(stream.errored) ? stream.errored : lost());
    watch.dispose();
    stream.destroy();
    carrier?.close();
  };
  const { serverAliveIntervalMs: intervalMs, serverAliveCountMax: countMax } = options;
  const watched = {
    lastHeard: parts.lastHeard,
    // Ending a forward that never was: any server answers this, and nothing changes.
    probe: () => (stream.writable ? client.unforwardIn("127.0.0.1", 1, () => {}) : end()),
    dead: end,
  };
  const wished = intervalMs === undefined || countMax === undefined ? undefined : { intervalMs, countMax };
  const watch = watchLiveness(clock, watched, wished);
  // ssh2 ends the channels after this event, so that each finds the reason.
  const ended = new Promise<Failure>((resolve) =>
    client.once("close", () => {
      end();
      resolve(failure ?? lost());
    }),
  );

  function open(start: (opened: ClientCallback) => void, refused: (error: Error) => Failure): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      if (failure) return reject(failure);
      try {
        start((error, channel) => {
          if (!error) return resolve(channel);
          // ssh2 refuses what is being opened before anybody else hears that the stream is closed.
          reject(failure ?? carrier?.failure() ?? (stream.destroyed ? lost(error) : refused(error)));
        });
      } catch (error) {
        // ssh2 throws when the socket is already closed.
        reject(failure ?? lost(error));
      }
    });
  }

  async function session(start: (opened: ClientCallback) => void): Promise<ClientChannel> {
    const channel = await open(start, (error) => new Failure({ reason: "noSession", host }, error));
    channels++;
    channel.once("close", () => channels--);
    return channel;
  }

  async function openTerminal({ columns, rows }: TerminalSize, agentForward: boolean): Promise<ClientChannel> {
    const window = { term: "xterm-256color", cols: columns, rows, width: 0, height: 0 };
    const { remoteCommand } = options;
    const wishes = { env, agentForward };
    const withWindow = { ...wishes, pty: window };
    const channel = await session((opened) =>
      remoteCommand === undefined
        ? client.shell(window, wishes, opened)
        : client.exec(remoteCommand, withWindow, opened),
    );
    keepWindowSmall(client, channel, terminalWindowBytes);
    return channel;
  }

  return {
    host,
    capabilities: { pty: true, forward: true, sftp: false },
    server: serverOf(parts.greeting),
    ended,
    failure: () => failure,
    openChannels: () => channels,
    exec: (command) => session((opened) => client.exec(command, { env }, opened)),
    async terminal(size) {
      if (options.forwardAgent === undefined || agentRefused) return openTerminal(size, false);
      try {
        return await openTerminal(size, true);
      } catch (error) {
        if (failure) throw error;
        // Where forwarding is forbidden ssh goes on without it.
        agentRefused = true;
        return openTerminal(size, false);
      }
    },
    dial: (target) =>
      open(
        (opened) => client.forwardOut("127.0.0.1", 0, target.host, target.port, opened),
        (error) => forwardFailure(host, target, error),
      ),
    close() {
      if (failure) return;
      failure = lost();
      watch.dispose();
      client.end();
      const patience = clock.after(farewellMs, end);
      client.once("close", () => patience.dispose());
    },
  };
}

/** `SSH_OPEN_ADMINISTRATIVELY_PROHIBITED`, RFC 4254 section 5.1. */
const prohibited = 1;

function forwardFailure(host: string, target: TcpTarget, error: Error & { reason?: unknown }): Failure {
  if (error.reason === prohibited) return new Failure({ reason: "forwardProhibited", host }, error);
  const name = `${target.host}:${target.port}`;
  return new Failure({ reason: "forwardRefused", host, target: name, detail: plainText(error.message, 200) }, error);
}

function serverOf(greeting: string): Link["server"] {
  const software = /^SSH-[\d.]+-(OpenSSH|dropbear)/m.exec(greeting)?.[1];
  return software === "OpenSSH" ? "openssh" : software === "dropbear" ? "dropbear" : "other";
}
