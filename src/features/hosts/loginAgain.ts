import type { Clock } from "../../core/clock";
import type { Event } from "../../core/event";
import { type Disposable, DisposableStore, MutableDisposable } from "../../core/lifecycle";
import { type HostRef, hostId } from "../../core/ports";
import type { HostState } from "../../shared/host";

/** After sleep or a change of network several hosts come back within this time, and are asked about together. */
const gatherMs = 3_000;

export interface LoginAgainDeps {
  readonly onState: Event<{ host: HostRef; state: HostState }>;
  state(host: HostRef): HostState;
  retry(host: HostRef): void;
  readonly clock: Clock;
  /** One question for all of these hosts; true: log in now. */
  ask(hosts: readonly HostRef[]): PromiseLike<boolean>;
}

/**
 * Hosts that were connected and cannot come back without their user: asked about once and together, instead of with a
 * prompt for each that nobody expects.
 */
export function offerLoginAgain({ onState, state, retry, clock, ask }: LoginAgainDeps): Disposable {
  const store = new DisposableStore();
  const wasConnected = new Set<string>();
  const waiting = new Map<string, HostRef>();
  const timer = store.add(new MutableDisposable<Disposable>());
  let asking = false;

  async function askNow(): Promise<void> {
    // Some may have come back meanwhile, and one question at a time is enough.
    for (const [id, host] of waiting) if (!needsUser(host)) waiting.delete(id);
    if (asking || waiting.size === 0) return;
    const hosts = [...waiting.values()];
    waiting.clear();
    asking = true;
    try {
      if (!(await ask(hosts))) return;
      for (const host of hosts) if (needsUser(host)) retry(host);
    } finally {
      asking = false;
      if (waiting.size > 0) gather();
    }
  }

  const gather = () => timer.replace(clock.after(gatherMs, () => void askNow()));
  const needsUser = (host: HostRef) => {
    const now = state(host);
    return now.kind === "offline" && now.problem.reason === "promptUnavailable";
  };

  store.add(
    onState(({ host, state: { kind } }) => {
      const id = hostId(host);
      if (kind === "connected") wasConnected.add(id);
      else if (kind === "disconnected") wasConnected.delete(id);
      if (!needsUser(host) || !wasConnected.delete(id)) return;
      waiting.set(id, host);
      gather();
    }),
  );
  return store;
}
