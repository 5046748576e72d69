import type { HostState } from "../../shared/host";

/** A connection's state in a few words for a row; empty for a host that nobody connected to. `now` as `Date.now()`. */
export function describeState(state: HostState, now: number): string {
  switch (state.kind) {
    case "disconnected":
      return "";
    case "connecting":
      return `${state.step}…`;
    case "needsYou":
      return "needs you";
    case "connected":
      return state.systemSsh === undefined ? "connected" : `connected through the system's ssh: ${state.systemSsh}`;
    case "reconnecting":
      return `reconnecting in ${Math.max(0, Math.ceil((state.retryAt - now) / 1000))} s`;
    case "offline":
      return `offline${ago(now - state.since)}: ${shortReason(state.problem.reason)}`;
  }
}

function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return minutes < 1 ? "" : minutes < 120 ? ` ${minutes} min` : ` ${Math.floor(minutes / 60)} h`;
}

/** The reason in two or three words; the whole sentence is in the tooltip and the panel. */
function shortReason(reason: string): string {
  switch (reason) {
    case "hostKeyChanged":
      return "host key changed";
    case "hostKeyRevoked":
      return "host key revoked";
    case "hostKeyUnknown":
      return "host key not trusted";
    case "authenticationFailed":
      return "login refused";
    case "hostNotFound":
      return "name not found";
    case "connectionRefused":
      return "refused";
    case "unreachable":
      return "no route (VPN?)";
    case "connectTimeout":
    case "loginTimeout":
      return "no answer";
    case "systemSshMissing":
      return "needs ssh on this computer";
    case "cancelled":
      return "cancelled";
    default:
      return "see details";
  }
}
