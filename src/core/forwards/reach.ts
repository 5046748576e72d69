import type { Duplex } from "node:stream";
import type { Clock } from "../clock";
import type { HostLease } from "../connections";
import { Failure, isFailure } from "../failure";
import type { Runner, TcpTarget } from "../remote";
import { discard } from "./join";
import { targetName } from "./target";

/** How long a connection may wait for the host and for what listens there. */
const patienceMs = 30_000;
/** A lost connection takes a moment until it is known to be lost. */
const pauseMs = 250;

/**
 * A connection from the host to the target; while the host is being reconnected it waits.
 * @throws Failure why the host cannot be reached, `forwardRefused`, `forwardProhibited`, `deadline`, `cancelled`
 */
export async function reach(lease: HostLease, target: TcpTarget, clock: Clock, signal: AbortSignal): Promise<Duplex> {
  const own = new AbortController();
  const cancel = () => own.abort();
  if (signal.aborted) cancel();
  signal.addEventListener("abort", cancel, { once: true });
  let late = false;
  const deadline = clock.after(patienceMs, () => {
    late = true;
    own.abort();
  });
  try {
    for (;;) {
      const runner = await lease.connected(own.signal);
      try {
        return await runner.dial(target, own.signal);
      } catch (error) {
        if (!isFailure(error, "connectionLost")) throw error;
        await pause(clock, own.signal);
      }
    }
  } catch (error) {
    if (!late) throw error;
    const what = `reaching ${targetName(target)} on ${lease.host.name}`;
    throw new Failure({ reason: "deadline", what, seconds: patienceMs / 1000 }, error);
  } finally {
    deadline.dispose();
    signal.removeEventListener("abort", cancel);
  }
}

/**
 * Asks a host that is known to have forbidden a forward about this target: it may forbid some or all.
 * @throws Failure `forwardProhibited`
 */
export async function checkPermission(runner: Runner, target: TcpTarget, signal: AbortSignal): Promise<void> {
  try {
    discard(await runner.dial(target, signal));
  } catch (error) {
    // Nothing listens there yet: that may change.
    if (!isFailure(error, "forwardRefused")) throw error;
  }
}

function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(pauseMs, resolve);
    signal.addEventListener("abort", () => {
      timer.dispose();
      resolve();
    });
  });
}
