import type { ProblemReport } from "../../src/shared/gpu";
import type { PanelAction, PanelState } from "../../src/shared/gpuPanel";
import { plainText, span } from "../lib/format";
import { Icon } from "../lib/icon";
import { Actions } from "./actions";
import type { Store } from "./store";

/** Waits shorter than this are not worth a word. */
const QUIET_MS = 300;
/** Waits longer than this offer the log. */
const LONG_MS = 5000;

interface Notice {
  readonly icon: string;
  readonly tone: "progress" | "warning" | "error" | "plain";
  readonly text: string;
  /** Time spent or left; apart from the text, because it moves. */
  readonly time?: string;
  readonly actions: readonly PanelAction[];
}

/** Where the connection stands, unless all is well. */
export function Banner({ store }: { store: Store }) {
  const panel = store.panel.value;
  if (!panel) return null;
  // A connection that delivers does not look at the clock, so that it does not render four times a second.
  const delivers = panel.state.kind === "connected" && store.hasReadings.value;
  const notice = delivers
    ? (reportNotice(store, panel) ?? restingNotice(panel))
    : ((store.hasReadings.value ? restingNotice(panel) : undefined) ?? noticeOf(panel, store.now.value));
  if (!notice) return null;
  return (
    <section class="banner" data-tone={notice.tone} aria-label="Connection">
      <Icon name={notice.icon} />
      <p>
        {notice.text}
        {notice.time !== undefined && <span class="banner-time"> · {notice.time}</span>}
      </p>
      <Actions
        store={store}
        actions={notice.actions}
        quiet={notice.tone === "progress"}
        labels={WAITS.has(panel.state.kind) ? CANCEL : undefined}
      />
    </section>
  );
}

const WAITS: ReadonlySet<PanelState["state"]["kind"]> = new Set(["connecting", "needsYou"]);
const CANCEL = { disconnect: "Cancel" } as const;

/** What the banner says about the connection at `now`. */
function noticeOf(panel: PanelState, now: number): Notice | undefined {
  const { state, actions } = panel;
  const host = plainText(panel.host ?? "", 80);
  const rests = panel.gentle === "resting" && !panel.sampling;
  // Not being connected, or read, is how a login node is meant to be.
  if (rests && (state.kind === "connected" || state.kind === "disconnected")) return undefined;
  switch (state.kind) {
    case "disconnected":
      return {
        icon: "debug-disconnect",
        tone: "plain",
        text: `Not connected to ${host}`,
        actions: or(actions, "connect"),
      };
    case "connecting": {
      const waited = now - state.since;
      if (waited < QUIET_MS) return undefined;
      return {
        icon: "sync",
        tone: "progress",
        text: `Connecting to ${host}: ${state.step}`,
        time: span(waited / 1000),
        actions: withCancel(actions, waited),
      };
    }
    case "needsYou":
      return { icon: "person", tone: "warning", text: plainText(state.question), actions: withCancel(actions, 0) };
    case "connected": {
      if (panel.sampling) return samplingNotice(panel.sampling);
      const waited = now - state.since;
      if (waited < QUIET_MS) return undefined;
      return {
        icon: "sync",
        tone: "progress",
        text: `Connected to ${host}, waiting for the first reading`,
        time: span(waited / 1000),
        actions: withCancel(actions, waited),
      };
    }
    case "reconnecting": {
      const left = Math.max(0, Math.ceil((state.retryAt - now) / 1000));
      return {
        icon: "sync",
        tone: "warning",
        text: plainText(state.problem.message, 1000),
        time: left > 0 ? `reconnecting in ${left} s` : "reconnecting",
        actions,
      };
    }
    case "offline":
      return {
        icon: "debug-disconnect",
        tone: "error",
        text: plainText(state.problem.message, 1000),
        time: `offline ${span(Math.max(0, now - state.since) / 1000)}`,
        actions,
      };
  }
}

/** The host answers, but its last report came with a problem. */
function reportNotice(store: Store, { sampling }: PanelState): Notice | undefined {
  const problem = sampling ?? store.report.value?.error;
  return problem && samplingNotice(problem);
}

/** What is shown of a login node is as old as the last time somebody asked. */
function restingNotice({ gentle, state }: PanelState): Notice | undefined {
  if (gentle !== "resting" || (state.kind !== "connected" && state.kind !== "disconnected")) return undefined;
  return { icon: "server", tone: "plain", text: "Login node: read only when you ask", actions: ["sampleOnce"] };
}

function samplingNotice({ message }: ProblemReport): Notice {
  return { icon: "warning", tone: "warning", text: plainText(message, 1000), actions: ["showLog", "copyDiagnostics"] };
}

const or = (actions: readonly PanelAction[], fallback: PanelAction) => (actions.length > 0 ? actions : [fallback]);

/** Every wait can be cancelled; a long one shows where to look. */
function withCancel(actions: readonly PanelAction[], waited: number): PanelAction[] {
  return [...new Set<PanelAction>([...actions, "disconnect", ...(waited > LONG_MS ? (["showLog"] as const) : [])])];
}
