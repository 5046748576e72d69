import { randomUUID } from "node:crypto";
import type { App } from "../../app";
import { systemClock } from "../../core/clock";
import type { Launcher } from "../../core/jobs/launch/launch";
import type { HostRef } from "../../core/ports";
import type { Runner } from "../../core/remote";
import type { JobParts } from "./parts";

/** Puts the parts together; each heavy one is loaded when it is used for the first time. */
export function createParts(
  app: App,
  connectedHosts: () => readonly HostRef[],
): Omit<JobParts, "openForm" | "openPanel"> {
  const { engine } = app;
  const jobs = engine.jobs;
  const acquire = (host: HostRef) => engine.connections().acquire(host);
  let launcher: Launcher | undefined;

  const withHost = async <T>(host: HostRef, signal: AbortSignal, work: (runner: Runner) => Promise<T>): Promise<T> => {
    const lease = acquire(host);
    try {
      return await work(await lease.connected(signal));
    } finally {
      lease.dispose();
    }
  };

  return {
    jobs,
    readers: {
      output: () => app.launchParts().createOutputReader(systemClock),
      cause: (job, tail) => app.launchParts().causeOfDeath(job, tail),
    },
    launcher() {
      const parts = app.launchParts();
      launcher ??= parts.createLauncher({
        client: app.client,
        clock: systemClock,
        randomId: randomUUID,
        acquire,
        hostNamed: (name) => hostNamed(app, name),
        connectedHosts,
        environments: engine.environments,
        chosen: (host) => ({ environment: app.selections.environment(host, "jobs") }),
        outlook: parts.createOutlook({ watches: engine.gpus, acquire, clock: systemClock }),
        transfers: app.transfers(),
        jobs,
        clientState: parts.createClientState(app.storageDir),
      });
      return launcher;
    },
    backends: () => app.launchParts().backends,
    readPresets: (text, file) => app.launchParts().readPresets(text, file),
    readLaunch: (text) => app.launchParts().readLaunch(text),
    contents: (host, id, signal) =>
      withHost(host, signal, (runner) => runner.run(app.launchParts().contentsCommand(id), signal)),
    download: (host, from, to, options) =>
      withHost(host, options.signal, (runner) => app.transfers().download(runner, { from, to }, options)),
    bringResults: (host, job, to, options) =>
      app.launchParts().bringResults({ transfers: app.transfers(), acquire }, host, job, to, options),
    resultsFolder: (place, job) => app.launchParts().resultsFolder(place, job),
    attachArgv: ({ backend, id }) => (backend === "tmux" ? ["tmux", "attach", "-t", `=tensorline-${id}`] : undefined),
  };
}

/** A host of the demo fleet, or one that the ssh config knows, or a name for one. */
export function hostNamed({ book }: App, name: string): HostRef {
  return book.demoEntries().find(({ ref }) => ref.name === name)?.ref ?? book.ref(name);
}
