import { join } from "node:path";
import type { Connections, ConnectionsDeps } from "../core/connections";
import { Emitter } from "../core/event";
import { type HostRef, hostId } from "../core/ports";
import type { HostState } from "../shared/host";
import { resolveHost } from "./config";
import { knownHostName } from "./knownHosts";
import { knownHostsStore } from "./knownHostsStore";
import { createLoginGate } from "./loginGate";
import { createSession, type Session } from "./session";

/** SSH connections by ssh2: one per host, shared. */
export function createConnections(deps: ConnectionsDeps): Connections {
  const store = knownHostsStore(join(deps.storageDir, "known_hosts"));
  const gate = createLoginGate();
  const states = new Emitter<{ host: HostRef; state: HostState }>((error) => deps.log.error("a state listener", error));
  const sessions = new Map<string, Session>();

  const sessionOf = (host: HostRef): Session => {
    const known = sessions.get(hostId(host));
    if (known) return known;
    const session = createSession({ host, deps, store, gate, onState: (state) => states.fire({ host, state }) });
    sessions.set(hostId(host), session);
    return session;
  };

  return {
    acquire: (host, options) => ({ host, ...sessionOf(host).acquire(options?.quiet ?? false) }),
    state: (host) => sessions.get(hostId(host))?.state() ?? { kind: "disconnected" },
    problem: (host) => sessions.get(hostId(host))?.problem(),
    onState: states.event,
    retry: (host) => sessionOf(host).retry(),
    disconnect: (host) => sessions.get(hostId(host))?.disconnect(),
    async forgetHostKey(host) {
      const problem = sessions.get(hostId(host))?.problem();
      // The changed key may be that of a jump host.
      if (problem?.reason === "hostKeyChanged") return store.remove(problem.entry);
      const options = await resolveHost(host, deps.client, new AbortController().signal);
      await store.remove(knownHostName(options.hostname, options.port, options.hostKeyAlias));
    },
    configuredForwards: async (host, signal) => (await resolveHost(host, deps.client, signal)).localForwards,
    dispose() {
      for (const session of sessions.values()) session.dispose();
      sessions.clear();
      states.dispose();
    },
  };
}
