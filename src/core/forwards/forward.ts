import type { Event } from "../event";
import type { Problem } from "../failure";
import type { Disposable } from "../lifecycle";
import type { HostRef } from "../ports";
import type { TcpTarget } from "../remote";

/** What is to be forwarded: connections to a port of this computer's loopback go to `target`, as the host sees it. */
export interface ForwardRequest {
  readonly host: HostRef;
  readonly target: TcpTarget;
  /** The port of this computer to try first; the target's own without it. */
  readonly localPort?: number;
  /** What stands behind it, for people: `TensorBoard`. */
  readonly label?: string;
}

export type ForwardState =
  | { readonly kind: "listening" }
  /** The host is not connected at present: what connects here waits for it, for a while. */
  | { readonly kind: "waiting" }
  /** Nothing listens any more, because of this. */
  | { readonly kind: "failed"; readonly problem: Problem };

/** A forwarded port as it stands. */
export interface Forward {
  readonly id: number;
  readonly host: HostRef;
  readonly target: TcpTarget;
  /** On 127.0.0.1 of this computer. */
  readonly localPort: number;
  readonly label?: string;
  readonly state: ForwardState;
  /** Why the last connection did not get through; absent once one did. */
  readonly lastProblem?: Problem;
  /** Connections that are open now. */
  readonly connections: number;
  /** Bytes moved so far. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** The forwarded ports of this window. Nothing listens until somebody opens one, and only on loopback. */
export interface Forwards extends Disposable {
  /**
   * Connects the host and listens; a target that is forwarded already is handed out again.
   * @throws Failure why the host cannot be reached, `forwardProhibited` where it is known to forbid this target
   */
  open(request: ForwardRequest, signal: AbortSignal): Promise<Forward>;
  /** In the order in which they were opened. */
  list(host?: HostRef): readonly Forward[];
  /** Ends the forward and its connections; one that failed leaves the list. */
  stop(id: number): void;
  /** The host itself goes: so do its forwards. */
  stopAll(host: HostRef): void;
  /** Something about the forwards of this host changed, other than bytes. */
  readonly onChange: Event<HostRef>;
}
