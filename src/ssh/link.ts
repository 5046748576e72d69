import type { Duplex, Readable } from "node:stream";
import type { Failure } from "../core/failure";
import type { Capabilities, TcpTarget, TerminalSize } from "../core/remote";
import type { SystemSshNeed } from "../shared/host";

/**
 * A program on the host with its standard streams: reading gives its output, writing its input. The `close` event comes
 * once, after the last byte of both outputs were read, with the exit code and the name of the signal as far as they are known
 * (`undefined` both where the connection ended first).
 */
export interface Channel extends Duplex {
  readonly stderr: Readable;
  /** Asks the host to kill the program; whether it obeyed shows in `close`. */
  signal(name: "KILL"): void;
  close(): void;
}

/** A login shell with a terminal. */
export interface TerminalChannel extends Channel {
  setWindow(rows: number, columns: number, height: number, width: number): void;
}

/** A logged-in SSH connection, whichever transport carries it. */
export interface Link {
  readonly host: string;
  /** What the server calls itself, where its ways with processes differ. */
  readonly server: "openssh" | "dropbear" | "other";
  /** Why the system's ssh carries it; undefined: it does not. */
  readonly systemSsh?: SystemSshNeed;
  readonly capabilities: Pick<Capabilities, "pty" | "forward" | "sftp">;
  /** Resolves with the reason once the connection is gone, whoever ended it. */
  readonly ended: Promise<Failure>;
  /** The reason, as soon as there is one; channels that end after it ended because of it. */
  failure(): Failure | undefined;
  /** How many session channels are open. */
  openChannels(): number;
  /**
   * Runs a command line in the user's login shell.
   * @throws Failure `noSession` when the server refuses one, `connectionLost`
   */
  exec(command: string): Promise<Channel>;
  /** @throws Failure as `exec` */
  terminal(size: TerminalSize): Promise<TerminalChannel>;
  /** @throws Failure `forwardProhibited`, `forwardRefused`, `connectionLost` */
  dial(target: TcpTarget): Promise<Duplex>;
  close(): void;
}
