import type { ProblemReport } from "./gpu";

/**
 * Where a host's connection stands, as trees, panels and the CLI show it.
 * Times are milliseconds since the epoch on the client.
 */
export type HostState =
  | { kind: "disconnected" }
  | { kind: "connecting"; since: number; step: ConnectStep }
  /** Waiting for the user: a password, a passphrase, a host key to confirm. */
  | { kind: "needsYou"; since: number; question: string }
  /** `systemSsh`: the system's ssh carries the connection, because of this. */
  | { kind: "connected"; since: number; systemSsh?: SystemSshNeed }
  | { kind: "reconnecting"; retryAt: number; problem: ProblemReport }
  | { kind: "offline"; since: number; problem: ProblemReport };

/** What Tensorline leaves to the system's ssh. */
export type SystemSshNeed =
  | "certificate"
  | "security key"
  | "Kerberos"
  | "smart card"
  | "known hosts command"
  | "revoked host keys"
  | "host certificate"
  | "key exchange"
  | "setting";

/** What a connection attempt is doing, so that a wait can say what it waits for. */
export type ConnectStep = "resolving" | "connecting" | "verifying host key" | "logging in" | "opening shell";
