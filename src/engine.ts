import { createRequire } from "node:module";
import { join } from "node:path";
import type { Connections, ConnectionsDeps, Pty, SystemSshParts } from "./core/connections";
import { createEnvironments, type Environments } from "./core/environments/environments";
import type { EnvironmentParts } from "./core/environments/parts";
import type { SurveyOptions } from "./core/environments/survey";
import { Emitter, type Event } from "./core/event";
import type { Problem } from "./core/failure";
import type { Forwards } from "./core/forwards/forward";
import { createForwards } from "./core/forwards/forwards";
import type { GpuModule } from "./core/gpu";
import type { GentleHosts } from "./core/gpu/gentle";
import type { GpuWatches } from "./core/gpu/watch";
import { createGpuWatches } from "./core/gpu/watches";
import type { JobRetention } from "./core/jobs/commands";
import { createJobs } from "./core/jobs/createJobs";
import type { JobHook } from "./core/jobs/hook";
import type { Jobs } from "./core/jobs/jobs";
import type { JobParts } from "./core/jobs/parts";
import type { ClientKeys } from "./core/keyLogin/clientKeys";
import { type Disposable, DisposableStore } from "./core/lifecycle";
import type { HostRef } from "./core/ports";
import type { TensorParts } from "./core/tensors";
import type { HostState } from "./shared/host";

/** The SSH side, loaded at the first connection because it is the heavy part. */
export interface SshModule {
  createConnections(deps: ConnectionsDeps): Connections;
  createClientKeys(deps: ConnectionsDeps): ClientKeys;
}

/** What reads and changes environments, loaded when somebody looks at them for the first time. */
export interface EnvironmentsModule {
  readonly environmentParts: EnvironmentParts;
}

/** What runs jobs and reads their logs, loaded when somebody looks at them for the first time. */
export interface JobsModule {
  readonly jobParts: JobParts;
}

/** What explains failures of tensors, and what records them on hosts. */
export interface TensorsModule {
  readonly tensorParts: TensorParts;
  readonly jobHook: JobHook;
}

export interface EngineDeps extends ConnectionsDeps {
  readonly gentle: GentleHosts;
  loadSsh(): SshModule;
  loadGpu(): GpuModule;
  loadEnvironments(): EnvironmentsModule;
  loadJobs(): JobsModule;
  loadTensors(): TensorsModule;
  /** Which jobs that have ended hosts keep, read anew at each use. */
  jobRetention?(): JobRetention;
  /** A host takes no hook for its jobs, and why; told once for each. */
  onNoHook?(host: HostRef, problem: Problem): void;
  /** Where environments are searched for, read anew at each use. */
  environmentPlaces(): Pick<SurveyOptions, "searchPaths" | "depth">;
}

/** The core put together. Serves the editor and the command line alike; doing nothing until it is asked. */
export interface Engine extends Disposable {
  /** Loads the SSH side. */
  connections(): Connections;
  /** Connections that share nothing with the others, for trying something out; whoever asks disposes of them. */
  separateConnections(): Connections;
  /** Loads the SSH side. */
  clientKeys(): ClientKeys;
  /** Without loading anything: a host that nobody connected to is disconnected. */
  state(host: HostRef): HostState;
  readonly onState: Event<{ host: HostRef; state: HostState }>;
  /** Tries each step of reaching a host. */
  readonly testHost: GpuModule["testHost"];
  readonly gpus: GpuWatches;
  readonly forwards: Forwards;
  readonly environments: Environments;
  readonly jobs: Jobs;
  /** Loads what explains failures of tensors. */
  tensors(): TensorsModule;
}

export function createEngine(deps: EngineDeps): Engine {
  const store = new DisposableStore();
  const states = store.add(new Emitter<{ host: HostRef; state: HostState }>());
  let loaded: Connections | undefined;

  const connections = (): Connections => {
    if (!loaded) {
      loaded = store.add(deps.loadSsh().createConnections(deps));
      store.add(loaded.onState((change) => states.fire(change)));
    }
    return loaded;
  };

  const state = (host: HostRef): HostState => loaded?.state(host) ?? { kind: "disconnected" };

  return {
    connections,
    separateConnections: () => deps.loadSsh().createConnections(deps),
    clientKeys: () => deps.loadSsh().createClientKeys(deps),
    state,
    onState: states.event,
    testHost: (...test) => deps.loadGpu().testHost(...test),
    gpus: store.add(
      createGpuWatches({
        acquire: (host, options) => connections().acquire(host, options),
        onState: states.event,
        gentle: deps.gentle,
        createMonitor: (monitor) => deps.loadGpu().createGpuMonitor(monitor),
        clock: deps.clock,
        log: deps.log,
      }),
    ),
    forwards: store.add(
      createForwards({
        acquire: (host) => connections().acquire(host),
        state,
        onState: states.event,
        clock: deps.clock,
        log: deps.log,
      }),
    ),
    environments: store.add(
      createEnvironments({
        acquire: (host) => connections().acquire(host),
        places: deps.environmentPlaces,
        parts: () => deps.loadEnvironments().environmentParts,
        clock: deps.clock,
        log: deps.log,
      }),
    ),
    jobs: store.add(
      createJobs({
        acquire: (host, options) => connections().acquire(host, options),
        onState: states.event,
        parts: () => deps.loadJobs().jobParts,
        ...(deps.jobRetention ? { retention: deps.jobRetention } : {}),
        hook: () => deps.loadTensors().jobHook,
        ...(deps.onNoHook ? { onNoHook: deps.onNoHook } : {}),
        clock: deps.clock,
        log: deps.log,
      }),
    ),
    tensors: deps.loadTensors,
    dispose: () => store.dispose(),
  };
}

/** What the system's ssh needs, from the folder of the bundles; `node-pty` lies beside them where the build has it. */
export function systemSshParts(dist: string): SystemSshParts {
  return {
    askpass: { node: process.execPath, script: join(dist, "askpass.cjs") },
    async loadPty() {
      try {
        return createRequire(join(dist, "ssh.cjs"))("@lydell/node-pty") as Pty;
      } catch {
        return undefined;
      }
    },
  };
}
