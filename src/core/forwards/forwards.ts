import type { HostState } from "../../shared/host";
import type { Clock } from "../clock";
import type { HostLease } from "../connections";
import { Emitter, type Event } from "../event";
import { Failure } from "../failure";
import type { Logger } from "../logger";
import { type HostRef, hostId } from "../ports";
import { sentence } from "../words";
import type { Forward, ForwardRequest, Forwards } from "./forward";
import { type OpenForward, openForward } from "./openForward";
import { checkPermission } from "./reach";
import { sameTarget, targetName } from "./target";

export interface ForwardsDeps {
  acquire(host: HostRef): HostLease;
  state(host: HostRef): HostState;
  readonly onState: Event<{ host: HostRef; state: HostState }>;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createForwards(deps: ForwardsDeps): Forwards {
  const { clock, log } = deps;
  const changes = new Emitter<HostRef>((error) => log.error("a listener of forwards failed", error));
  const forwards = new Map<number, OpenForward>();
  let lastId = 0;
  let disposed = false;

  const list = (host?: HostRef): Forward[] => {
    const all = [...forwards.values()].map((forward) => forward.view());
    return host === undefined ? all : all.filter((forward) => hostId(forward.host) === hostId(host));
  };
  const following = deps.onState(({ host }) => {
    if (list(host).length > 0) changes.fire(host);
  });

  function stop(id: number): void {
    const forward = forwards.get(id);
    if (!forward) return;
    const { host, target } = forward.view();
    forwards.delete(id);
    forward.dispose();
    log.info(`${host.name}: port ${targetName(target)} is no longer forwarded`);
    changes.fire(host);
  }

  /** A forward of the same target: handed out while it works, out of the way once it failed. */
  function known({ host, target }: ForwardRequest): Forward | undefined {
    const forward = list(host).find((one) => sameTarget(one.target, target));
    if (forward?.state.kind !== "failed") return forward;
    stop(forward.id);
    return undefined;
  }

  async function open(request: ForwardRequest, signal: AbortSignal): Promise<Forward> {
    const { host, target } = request;
    const existing = known(request);
    if (existing) return existing;
    const lease = deps.acquire(host);
    const id = ++lastId;
    let made: OpenForward | undefined;
    try {
      const runner = await lease.connected(signal);
      if (!runner.capabilities.forward) await checkPermission(runner, target, signal);
      made = await openForward({
        id,
        request,
        lease,
        clock,
        state: () => deps.state(host),
        changed: () => forwards.has(id) && changes.fire(host),
        trouble: (problem) => log.warn(`${host.name}: port ${targetName(target)}: ${sentence(problem)}`),
      });
    } finally {
      if (!made) lease.dispose();
    }
    if (disposed || signal.aborted) {
      made.dispose();
      throw new Failure({ reason: "cancelled" });
    }
    forwards.set(id, made);
    const forward = made.view();
    log.info(`${host.name}: port ${targetName(target)} is forwarded to localhost:${forward.localPort}`);
    changes.fire(host);
    return forward;
  }

  return {
    open,
    list,
    stop,
    stopAll(host) {
      for (const { id } of list(host)) stop(id);
    },
    onChange: changes.event,
    dispose() {
      disposed = true;
      following.dispose();
      changes.dispose();
      for (const forward of forwards.values()) forward.dispose();
      forwards.clear();
    },
  };
}
