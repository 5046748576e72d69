import { Emitter, type Event } from "../../core/event";
import { type HostRef, hostId } from "../../core/ports";
import type { Environment, Toolkit } from "../../shared/environments";

/** The part of VS Code's Memento that is used. */
export interface Memory {
  get<T>(key: string, otherwise: T): T;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** Which environment is for what. `workspace`: this workspace's terminals; `jobs`: whatever runs on the host. */
export type Use = "workspace" | "jobs";

/** What the person chose, per host; kept by VS Code, in no settings file. Known without looking at the host. */
export interface Selections {
  environment(host: HostRef, use: Use): Environment | undefined;
  chooseEnvironment(host: HostRef, use: Use, environment: Environment | undefined): PromiseLike<void>;
  /** For this workspace's terminals. */
  toolkit(host: HostRef): Toolkit | undefined;
  chooseToolkit(host: HostRef, toolkit: Toolkit | undefined): PromiseLike<void>;
  readonly onChange: Event<HostRef>;
}

const keys = {
  workspace: "tensorline.environments.workspace",
  jobs: "tensorline.environments.jobs",
  toolkit: "tensorline.toolkits.workspace",
} as const;

/** `workspace` forgets with the workspace, `everywhere` is shared by all windows. */
export function createSelections(workspace: Memory, everywhere: Memory): Selections {
  const changes = new Emitter<HostRef>();
  const memoryOf = (key: keyof typeof keys) => (key === "jobs" ? everywhere : workspace);
  const read = <T>(key: keyof typeof keys, host: HostRef) =>
    memoryOf(key).get<Record<string, T>>(keys[key], {})[hostId(host)];
  const write = async (key: keyof typeof keys, host: HostRef, value: unknown) => {
    const { [hostId(host)]: _, ...others } = memoryOf(key).get<Record<string, unknown>>(keys[key], {});
    await memoryOf(key).update(keys[key], value === undefined ? others : { ...others, [hostId(host)]: value });
    changes.fire(host);
  };
  return {
    environment: (host, use) => read<Environment>(use, host),
    chooseEnvironment: (host, use, environment) => write(use, host, environment && { ...environment, packages: [] }),
    toolkit: (host) => read<Toolkit>("toolkit", host),
    chooseToolkit: (host, toolkit) => write("toolkit", host, toolkit),
    onChange: changes.event,
  };
}
