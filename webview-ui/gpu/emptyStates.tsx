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
