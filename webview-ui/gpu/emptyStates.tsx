import { memoryPair, plainText } from "../lib/format";
import { Icon } from "../lib/icon";
import { Actions } from "./actions";
import type { Store } from "./store";

/** No host is chosen: what to do first. */
export function NoHost({ store }: { store: Store }) {
  return (
    <section class="empty" aria-labelledby="empty-title">
      <Icon name="circuit-board" />
      <h1 id="empty-title">Watch the GPUs of a Linux machine</h1>
      <p>Anything you can reach with SSH will do. Nothing is installed there.</p>
      <Actions store={store} actions={["addHost", "useSshConfig", "tryDemo"]} />
    </section>
  );
}

/** The host answers but has no GPU: what was looked for, and what there is instead. */
export function NoGpus({ store }: { store: Store }) {
  const host = plainText(store.panel.value?.host ?? "this host", 80);
  const system = store.system.value;
  const facts = [
    system?.cpuCount === undefined ? undefined : `${system.cpuCount} CPUs`,
    system?.cpuModel === undefined ? undefined : plainText(system.cpuModel, 80),
    system?.memoryTotalBytes === undefined
      ? undefined
      : `${memoryPair(undefined, system.memoryTotalBytes).replace(/^.*\/ /, "")} of memory`,
  ].filter((fact) => fact !== undefined);
  return (
    <section class="empty" aria-labelledby="empty-title">
      <Icon name="circuit-board" />
      <h2 id="empty-title">No GPUs found on {host}</h2>
      {facts.length > 0 && <p>It has {facts.join(", ")}.</p>}
      {(store.report.value?.warnings ?? []).map((warning) => (
        <p key={`${warning.reason}/${warning.message}`}>{plainText(warning.message, 600)}</p>
      ))}
      <Actions store={store} quiet actions={["copyDiagnostics", "showLog"]} />
    </section>
  );
}

/** The host is marked as a login node: why nothing is read by itself, and how to read it once. */
export function NotSampled({ store }: { store: Store }) {
  const host = plainText(store.panel.value?.host ?? "This host", 80);
  return (
    <section class="empty" aria-labelledby="empty-title">
      <Icon name="server" />
      <h2 id="empty-title">{host} is marked as a login node</h2>
      <p>Its GPUs are read only when you ask, so that nothing of yours runs there by itself.</p>
      <p>Terminals and forwarded ports work as ever. To watch it live, unmark it in the Hosts tree.</p>
      <Actions store={store} actions={["sampleOnce", "openTerminal"]} />
    </section>
  );
}
