import type { HostState } from "../shared/host";
import type { Clock } from "./clock";
import type { Event } from "./event";
import type { Problem } from "./failure";
import type { Disposable } from "./lifecycle";
import type { Logger } from "./logger";
import type { ClientFacts, HostRef, Prompts, Secrets, Settings } from "./ports";
import type { Runner, TcpTarget } from "./remote";

/**
 * One connection per host, shared by everything that needs it. `src/ssh` implements it; it is loaded at the first lease.
 */
export interface Connections extends Disposable {
  /**
   * Keeps the host connected for as long as the lease lives; connecting starts at once. A quiet lease never makes
   * anybody answer a question: where one is needed the host goes offline with reason `promptUnavailable`.
   */
  acquire(host: HostRef, options?: { quiet?: boolean }): HostLease;
  state(host: HostRef): HostState;
  /** The problem behind `offline` and `reconnecting`, whole. */
  problem(host: HostRef): Problem | undefined;
  readonly onState: Event<{ host: HostRef; state: HostState }>;
  /** Tries again at once, whatever the back-off says. */
  retry(host: HostRef): void;
  /** Ends the connection at the user's word; leases stay and `connected` waits for `retry`. */
  disconnect(host: HostRef): void;
  /** Removes a key from our own store, after the user confirmed; the next connection asks again. */
  forgetHostKey(host: HostRef): Promise<void>;
  /**
   * The `LocalForward` lines of the ssh config for this host; nothing is connected for it.
   * @throws Failure `configUnreadable`, `configUnsupported`, `badHostName`, `cancelled`
   */
  configuredForwards(host: HostRef, signal: AbortSignal): Promise<readonly ConfiguredForward[]>;
}

/** A `LocalForward` of the ssh config. */
export interface ConfiguredForward {
  /** Address and port to listen on; no address: loopback. */
  readonly bind: { readonly host?: string; readonly port: number };
  readonly target: TcpTarget;
}

export interface HostLease extends Disposable {
  readonly host: HostRef;
  /**
   * The runner of a live connection. Waits while connecting for the first time and while reconnecting; rejects with the
   * failure when the host is offline, and when aborted. A host that could not be reached the first time is offline at
   * once, so that the reason is seen; while a lease lives it is tried again with growing pauses, asking nobody, and stays
   * offline until that succeeds. One that is offline for a reason that trying again will not mend (wrong key, changed
   * host key) waits for `retry`.
   */
  connected(signal: AbortSignal): Promise<Runner>;
}

/** What the composition hands to the SSH side. */
export interface ConnectionsDeps {
  readonly client: ClientFacts;
  /** Folder on the client for what Tensorline keeps (the own known_hosts file). Created on first use. */
  readonly storageDir: string;
  readonly prompts: Prompts;
  readonly secrets: Secrets;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Logger;
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
  /** What the system's ssh needs to be of full use; without it, it can ask nothing. */
  readonly systemSsh?: SystemSshParts;
}

/** What the composition supplies for the system's ssh. */
export interface SystemSshParts {
  /** Our own askpass program: a Node program, or the editor's own run as one, and the script for it. */
  readonly askpass: { readonly node: string; readonly script: string };
  /** `node-pty`, for terminals where each is a log-in of its own; undefined where this build has none. */
  loadPty(): Promise<Pty | undefined>;
}

/** The part of `node-pty` that is used. */
export interface Pty {
  spawn(
    file: string,
    args: string[],
    options: { name: string; cols: number; rows: number; env: Record<string, string | undefined> },
  ): PtyProcess;
}

export interface PtyProcess {
  readonly pid: number;
  onData(listener: (data: string) => void): Disposable;
  onExit(listener: (end: { exitCode: number; signal?: number }) => void): Disposable;
  write(data: string): void;
  resize(columns: number, rows: number): void;
  kill(signal?: string): void;
}
