import type { Socket } from "node:net";
import type { Client, ClientCallback, ClientChannel } from "ssh2";
import type { Clock } from "../core/clock";
import { Failure } from "../core/failure";
import { watchLiveness } from "./liveness";

/** A logged-in SSH connection. */
export interface Link {
  readonly host: string;
  /** What the server calls itself, where its ways with processes differ. */
  readonly server: "openssh" | "dropbear" | "other";
  /** Resolves with the reason once the connection is gone, whoever ended it. */
  readonly ended: Promise<Failure>;
  /** The reason, as soon as there is one; channels that end after it ended because of it. */
  failure(): Failure | undefined;
  /** How many session channels are open. */
  openChannels(): number;
  /**
   * Opens a session channel.
   * @throws Failure `noSession` when the server refuses one, `connectionLost`
   */
  open(start: (client: Client, opened: ClientCallback) => void): Promise<ClientChannel>;
  close(): void;
}

export interface LinkParts {
  readonly host: string;
  readonly client: Client;
  readonly socket: Socket;
  readonly clock: Clock;
  /** What the server said first. */
  readonly greeting: string;
  /** `clock.monotonic()` of the last byte that came in. */
  readonly lastHeard: () => number;
}

/** A server that does not answer the farewell is not waited for. */
const farewellMs = 1_000;

/** Takes over a client that has just logged in, and watches that it stays alive. */
export function createLink({ host, client, socket, clock, greeting, lastHeard }: LinkParts): Link {
  let failure: Failure | undefined;
  let channels = 0;
  const lost = (cause?: unknown) => new Failure({ reason: "connectionLost", host }, cause);
  const end = () => {
    failure ??= lost();
    watch.dispose();
    socket.destroy();
  };
  const watch = watchLiveness(clock, {
    lastHeard,
    // Ending a forward that never was: any server answers this, and nothing changes.
    probe: () => (socket.writable ? client.unforwardIn("127.0.0.1", 1, () => {}) : end()),
    dead: end,
  });
  // ssh2 ends the channels after these two events, so that each finds the reason.
  socket.once("close", end);
  const ended = new Promise<Failure>((resolve) => client.once("close", () => resolve(failure ?? lost())));

  return {
    host,
    server: serverOf(greeting),
    ended,
    failure: () => failure,
    openChannels: () => channels,
    open: (start) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        try {
          start(client, (error, channel) => {
            if (error) return reject(failure ?? new Failure({ reason: "noSession", host }, error));
            channels++;
            channel.once("close", () => channels--);
            return resolve(channel);
          });
        } catch (error) {
          // ssh2 throws when the socket is already closed.
          reject(failure ?? lost(error));
        }
      }),
    close() {
      if (failure) return;
      failure = lost();
      watch.dispose();
      client.end();
      const patience = clock.after(farewellMs, () => socket.destroy());
      socket.once("close", () => patience.dispose());
    },
  };
}

function serverOf(greeting: string): Link["server"] {
  const software = /^SSH-[\d.]+-(OpenSSH|dropbear)/m.exec(greeting)?.[1];
  return software === "OpenSSH" ? "openssh" : software === "dropbear" ? "dropbear" : "other";
}
