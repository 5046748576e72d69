import type { PanelAction } from "../../src/shared/gpuPanel";
import type { Store } from "./store";

const LABELS: Readonly<Record<PanelAction, string>> = {
  connect: "Connect",
  disconnect: "Disconnect",
  retry: "Try again",
  openTerminal: "Open terminal",
  openPanel: "Open panel",
  pin: "Pin to status bar",
  unpin: "Unpin from status bar",
  copyDiagnostics: "Copy diagnostics",
  showLog: "Show log",
  explainHostKey: "Explain the host key",
  addHost: "Add a host",
  useSshConfig: "Use my SSH config",
  tryDemo: "Try the demo fleet",
  sampleOnce: "Sample once",
};

/** Buttons for a problem or an empty state, the first one as the one to take. */
export function Actions(props: {
  store: Store;
  actions: readonly PanelAction[];
  /** None of them is the one to take: they only go with a wait. */
  quiet?: boolean;
  /** Other words for one of them, where the moment asks for it. */
  labels?: Partial<Record<PanelAction, string>>;
}) {
  if (props.actions.length === 0) return null;
  return (
    <div class="actions">
      {props.actions.map((action, place) => (
        <button
          key={action}
          type="button"
          class={place === 0 && !props.quiet ? "button" : "button secondary"}
          onClick={() => props.store.send("act", { action })}
        >
          {props.labels?.[action] ?? LABELS[action]}
        </button>
      ))}
    </div>
  );
}
