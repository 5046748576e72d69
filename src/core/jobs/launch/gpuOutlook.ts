import type { Clock } from "../../clock";
import type { HostLease } from "../../connections";
import { firstReport } from "../../gpu/firstReport";
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

/** A sample that is younger tells well enough which GPUs are free. */
const freshMs = 15_000;

/** Looks at the GPUs of a host, unless somebody has just done so, and at who waits for them. */
export function createOutlook({ watches, acquire, clock }: OutlookDeps): LauncherDeps["outlook"] {
  return async (host, wish, signal) => {
    const known = watches.latest(host);
    const isFresh = known?.whole === true && clock.now() - known.time < freshMs;
    const lease = acquire(host);
    const watch = watches.watch(host, freshMs, { quiet: true });
    const tickets = async () => (await lease.connected(signal)).run(ticketsCommand, signal);
    try {
      const report = isFresh ? known.report : firstReport(watches, host, signal);
      const [gpus, waiting] = await Promise.all([report, tickets()]);
      return outlook(gpus, waiting, wish, freeMsOf(watch.history(), clock.now()));
    } finally {
      watch.dispose();
      lease.dispose();
    }
  };
}
