import type { HostReport } from "../../src/shared/gpu";
import type { PanelState } from "../../src/shared/gpuPanel";
import { plainText } from "../lib/format";

/** What is worth interrupting a screen reader for: lost or regained hosts, new warnings. Numbers never are. */

/** What a change of the connection says; undefined where it is not news. */
export function alarmOf(previous: PanelState | undefined, next: PanelState): string | undefined {
  if (previous?.state.kind === next.state.kind) return undefined;
  const { state } = next;
  switch (state.kind) {
    case "offline":
    case "reconnecting":
      return plainText(state.problem.message);
    case "needsYou":
      return plainText(state.question);
    case "connected":
      return previous?.state.kind === "reconnecting" || previous?.state.kind === "offline"
        ? `${plainText(next.host ?? "", 80)} is connected again`
        : undefined;
    case "connecting":
    case "disconnected":
      return undefined;
  }
}

/** The warnings that the sample before did not have, as one text. */
export function newWarnings(previous: HostReport | undefined, next: HostReport): string | undefined {
  const known = new Set(previous?.warnings.map((warning) => `${warning.reason}/${warning.gpuIndex ?? ""}`));
  const fresh = next.warnings.filter((warning) => !known.has(`${warning.reason}/${warning.gpuIndex ?? ""}`));
  if (fresh.length === 0) return undefined;
  return fresh
    .map(({ gpuIndex, message }) => (gpuIndex === undefined ? "" : `GPU ${gpuIndex}: `) + plainText(message))
    .join(". ");
}
