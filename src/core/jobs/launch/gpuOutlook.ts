import type { Clock } from "../../clock";
import type { HostLease } from "../../connections";
import type { GpuWatches } from "../../gpu/watch";
import type { HostRef } from "../../ports";
import { freeMsOf } from "../gpus/freeMs";
import { outlook } from "../gpus/outlook";
import { ticketsCommand } from "../gpus/tickets";
import type { LauncherDeps } from "./ports";

export interface OutlookDeps {
  readonly watches: GpuWatches;
  acquire(host: HostRef): HostLease;
  readonly clock: Clock;
}

/** Looks at the GPUs of a host and at who waits for them, once. */
export function createOutlook({ watches, acquire, clock }: OutlookDeps): LauncherDeps["outlook"] {
  return async (host, wish, signal) => {
    const watch = watches.watch(host, 1000, { explicit: true });
    const lease = acquire(host);
    try {
      const runner = await lease.connected(signal);
      const [report, tickets] = await Promise.all([watch.whole(signal), runner.run(ticketsCommand, signal)]);
      return outlook(report, tickets, wish, freeMsOf(watch.history(), clock.now()));
    } finally {
      watch.dispose();
      lease.dispose();
    }
  };
}
