import type { App } from "../../app";
import type { HostRef } from "../../core/ports";
import { withLateProgress } from "../../platform/progress";

/** Looks anew, connecting the host again where it was given up. The row shows what went wrong. */
export async function refreshHost(app: App, host: HostRef): Promise<void> {
  const { connections, environments, state } = app.engine;
  const { kind } = state(host);
  if (kind === "offline" || kind === "reconnecting") connections().retry(host);
  await withLateProgress(`Looking for environments on ${host.name}`, (signal) =>
    environments.refresh(host, signal, true),
  );
}
