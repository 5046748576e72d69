import type { HostReport } from "../../shared/gpu";
import type { HostState } from "../../shared/host";
import type { Clock } from "../clock";
import type { HostLease } from "../connections";
import type { Event } from "../event";
import { Failure } from "../failure";
import { type Disposable, MutableDisposable, toDisposable } from "../lifecycle";
import type { Logger } from "../logger";
import { type HostRef, hostId } from "../ports";
import type { GentleHosts } from "./gentle";
import type { GpuMonitor, MonitorDeps } from "./monitor";
import type { GpuWatch, GpuWatches, WatchOptions } from "./watch";

export interface GpuWatchesDeps {
  acquire(host: HostRef, options: { quiet: boolean }): HostLease;
  readonly onState: Event<{ host: HostRef; state: HostState }>;
  readonly gentle: GentleHosts;
  createMonitor(deps: MonitorDeps): GpuMonitor;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Shares one monitor a host among all who look; without anybody it pauses and lets go of the connection. */
export function createGpuWatches(deps: GpuWatchesDeps): GpuWatches {
  const watched = new Map<string, WatchedHost>();
  const hostOf = (host: HostRef): WatchedHost => {
    const known = watched.get(hostId(host)) ?? createWatchedHost(host, deps);
    watched.set(hostId(host), known);
    return known;
  };
  const following = deps.onState(({ host, state }) => {
    if (state.kind === "connected") watched.get(hostId(host))?.cameBack();
  });
  const marking = deps.gentle.onChange(() => {
    for (const host of watched.values()) host.adapt();
  });
  return {
    watch: (host, beatMs, options) => hostOf(host).watch(beatMs, options ?? {}),
    latest: (host) => watched.get(hostId(host))?.monitor()?.latest(),
    dispose() {
      following.dispose();
      marking.dispose();
      for (const host of watched.values()) host.dispose();
    },
  };
}

interface WatchedHost extends Disposable {
  watch(beatMs: number, options: WatchOptions): GpuWatch;
  /** Makes connection and beat what the present viewers need and may have. */
  adapt(): void;
  monitor(): GpuMonitor | undefined;
  /** The host is connected again: sampling that waits need not wait. */
  cameBack(): void;
}

function createWatchedHost(host: HostRef, deps: GpuWatchesDeps): WatchedHost {
  const { acquire, gentle, clock, log } = deps;
  const viewers = new Set<WatchOptions & { beatMs: number }>();
  const lease = new MutableDisposable<HostLease & { readonly quiet: boolean }>();
  let monitor: GpuMonitor | undefined;

  /** The one place that decides who may make a host do anything: a gentle one only for who asked. */
  function sampling() {
    const isGentle = gentle.includes(host);
    return [...viewers].filter((viewer) => viewer.explicit || !isGentle);
  }

  function adapt(): void {
    const active = sampling();
    if (active.length === 0) {
      monitor?.pause();
      lease.replace(undefined);
      return;
    }
    const quiet = active.every((viewer) => viewer.quiet ?? false);
    if (!lease.value || (lease.value.quiet && !quiet)) {
      const acquired = acquire(host, { quiet });
      lease.replace({ ...acquired, quiet });
    }
    monitor?.setBeat(Math.min(...active.map((viewer) => viewer.beatMs)));
    monitor?.resume();
  }

  async function connected(signal: AbortSignal) {
    if (!lease.value) throw new Failure({ reason: "cancelled" });
    return lease.value.connected(signal);
  }

  function watch(beatMs: number, options: WatchOptions): GpuWatch {
    const viewer = { ...options, beatMs };
    viewers.add(viewer);
    const shared = monitor ?? deps.createMonitor({ host: host.name, connected, clock, log, beatMs });
    monitor = shared;
    adapt();
    const subscriptions = new Set<Disposable>();
    const subscribed = (subscription: Disposable): Disposable => {
      subscriptions.add(subscription);
      return subscription;
    };
    const leaving = toDisposable(() => {
      for (const subscription of subscriptions) subscription.dispose();
      viewers.delete(viewer);
      adapt();
    });
    return {
      host,
      latest: shared.latest,
      ageMs: shared.ageMs,
      problem: shared.problem,
      startTicks: shared.startTicks,
      history: shared.history,
      whole: (signal) => whole(shared, signal),
      onSample: (listener) => subscribed(shared.onSample(listener)),
      onProblem: (listener) => subscribed(shared.onProblem(listener)),
      setBeat(next) {
        viewer.beatMs = next;
        adapt();
      },
      dispose: leaving.dispose,
    };
  }

  return {
    watch,
    adapt,
    monitor: () => monitor,
    cameBack() {
      if (sampling().length === 0 || !monitor?.problem()) return;
      monitor.pause();
      monitor.resume();
    },
    dispose() {
      viewers.clear();
      lease.dispose();
      monitor?.dispose();
    },
  };
}

/** Waits for a sample in which nothing is awaited any more, or for the reason why there will be none. */
function whole(monitor: GpuMonitor, signal: AbortSignal): Promise<HostReport> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      sampled.dispose();
      failed.dispose();
      signal.removeEventListener("abort", aborted);
      act();
    };
    const look = () => {
      const sample = monitor.latest();
      if (sample?.whole) settle(() => resolve(sample.report));
    };
    const aborted = () =>
      settle(() => reject(new Failure({ reason: "deadline", what: "reading the GPUs", seconds: 120 })));
    const sampled = monitor.onSample(look);
    const failed = monitor.onProblem((problem) => {
      if (problem) settle(() => reject(new Failure(problem)));
    });
    signal.addEventListener("abort", aborted, { once: true });
    if (signal.aborted) aborted();
    else look();
  });
}
