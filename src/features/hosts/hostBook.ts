import { Emitter, type Event } from "../../core/event";
import { type Problem, problemOf } from "../../core/failure";
import { type HostRef, hostId } from "../../core/ports";

/** Where a host comes from; only added ones can be removed here. */
export type HostOrigin = "config" | "added" | "demo";

export interface HostEntry {
  readonly ref: HostRef;
  readonly origin: HostOrigin;
}

/** What the book is made of; storage and reading are the app's. */
export interface HostBookDeps {
  configuredHosts(): Promise<readonly string[]>;
  /** The ssh config that knows the hosts where it is not the user's own. */
  configFile(): string | undefined;
  addedHosts(): readonly string[];
  setAddedHosts(hosts: readonly string[]): PromiseLike<void>;
  readPinned(): HostRef | undefined;
  writePinned(host: HostRef | undefined): void;
}

/** Which hosts there are, which one the GPU view shows and which one the status bar shows. */
export interface HostBook {
  /** The hosts of the ssh config and the added ones; where the config cannot be read, the added ones and why. */
  entries(): Promise<readonly HostEntry[]>;
  /** Why the ssh config could not be read the last time. */
  problem(): Problem | undefined;
  demoEntries(): readonly HostEntry[];
  /** Which hosts there are may have changed. */
  readonly onChange: Event<void>;
  /** Another host is selected or pinned; which ones there are is as before. */
  readonly onChoice: Event<void>;
  selected(): HostRef | undefined;
  select(host: HostRef | undefined): void;
  pinned(): HostRef | undefined;
  pin(host: HostRef | undefined): void;
  /** A host of the ssh config in use, or a name for one. */
  ref(name: string): HostRef;
  add(name: string): Promise<HostRef>;
  remove(name: string): Promise<void>;
  setDemo(hosts: readonly HostRef[]): void;
  refresh(): void;
}

export function sameHost(a: HostRef | undefined, b: HostRef | undefined): boolean {
  return (a && hostId(a)) === (b && hostId(b));
}

export function createHostBook(deps: HostBookDeps): HostBook {
  const change = new Emitter<void>();
  const choice = new Emitter<void>();
  let selected: HostRef | undefined;
  let problem: Problem | undefined;
  let demo: readonly HostEntry[] = [];
  let pinnedDemo: HostRef | undefined;
  const refOf = (name: string): HostRef => {
    const configFile = deps.configFile();
    return configFile === undefined ? { name } : { name, configFile };
  };

  return {
    onChange: change.event,
    onChoice: choice.event,
    ref: refOf,
    async entries() {
      const configured = await deps.configuredHosts().catch((error: unknown) => {
        problem = problemOf(error);
        return undefined;
      });
      if (configured) problem = undefined;
      const names = new Set(configured ?? []);
      const added = deps.addedHosts().filter((name) => !names.has(name));
      return [
        ...(configured ?? []).map((name): HostEntry => ({ ref: refOf(name), origin: "config" })),
        ...added.map((name): HostEntry => ({ ref: refOf(name), origin: "added" })),
      ];
    },
    problem: () => problem,
    demoEntries: () => demo,
    selected: () => selected,
    select(host) {
      if (sameHost(host, selected)) return;
      selected = host;
      choice.fire();
    },
    pinned: () => pinnedDemo ?? deps.readPinned(),
    pin(host) {
      // A demo host is gone with its window, so its pin is not kept.
      pinnedDemo = demo.some(({ ref }) => sameHost(ref, host)) ? host : undefined;
      if (!pinnedDemo) deps.writePinned(host);
      choice.fire();
    },
    async add(name) {
      const hosts = deps.addedHosts();
      if (!hosts.includes(name)) await deps.setAddedHosts([...hosts, name]);
      change.fire();
      return refOf(name);
    },
    async remove(name) {
      await deps.setAddedHosts(deps.addedHosts().filter((host) => host !== name));
      const isSelected = sameHost(selected, refOf(name));
      if (isSelected) selected = undefined;
      change.fire();
      if (isSelected) choice.fire();
    },
    setDemo(hosts) {
      const isGone = (host: HostRef | undefined) =>
        demo.some(({ ref }) => sameHost(ref, host)) && !hosts.some((one) => sameHost(one, host));
      const [losesSelected, losesPinned] = [isGone(selected), isGone(pinnedDemo)];
      if (losesSelected) selected = undefined;
      if (losesPinned) pinnedDemo = undefined;
      demo = hosts.map((ref) => ({ ref, origin: "demo" }));
      change.fire();
      if (losesSelected || losesPinned) choice.fire();
    },
    refresh: () => change.fire(),
  };
}
