import type { Forward } from "../../core/forwards/forward";
import { targetName } from "../../core/forwards/target";
import { sentence } from "../../core/words";

/** What a row of the tree says about a forwarded port. */
export interface PortWords {
  /** `6006 → localhost:8123` */
  readonly label: string;
  /** What stands behind it and how it goes; empty: nothing to say. */
  readonly description: string;
  readonly tooltip: string;
  /** For a screen reader. */
  readonly spoken: string;
  /** Differs in shape by state. */
  readonly icon: "circle-filled" | "circle-outline" | "sync" | "warning";
}

export function portWords(forward: Forward): PortWords {
  const { host, target, localPort, label, state } = forward;
  const remote = targetName(target);
  const problem = state.kind === "failed" ? state.problem : forward.lastProblem;
  const description = [label, condition(forward)].filter(Boolean).join(", ");
  const listens = state.kind !== "failed";
  return {
    label: listens ? `${remote} → localhost:${localPort}` : remote,
    description,
    tooltip: [
      listens
        ? `Remote port ${remote} of ${host.name} forwarded to local address localhost:${localPort}`
        : `Port ${remote} of ${host.name} is not forwarded any more.`,
      problem && sentence(problem),
      forward.sentBytes + forward.receivedBytes > 0 &&
        `${size(forward.receivedBytes)} received, ${size(forward.sentBytes)} sent`,
    ]
      .filter(Boolean)
      .join("\n\n"),
    spoken: [`Port ${remote} of ${host.name}`, listens && `forwarded to localhost:${localPort}`, description]
      .filter(Boolean)
      .join(", "),
    icon:
      state.kind === "waiting"
        ? "sync"
        : problem
          ? "warning"
          : forward.connections > 0
            ? "circle-filled"
            : "circle-outline",
  };
}

function condition({ state, host, lastProblem, connections }: Forward): string {
  if (state.kind === "waiting") return `waits for ${host.name}`;
  const problem = state.kind === "failed" ? state.problem : lastProblem;
  if (problem?.reason === "forwardProhibited") return `not allowed by ${host.name}`;
  if (problem?.reason === "forwardRefused") return "nobody listens there";
  if (problem) return state.kind === "failed" ? "stopped: see details" : "last connection failed";
  return connections === 0 ? "" : connections === 1 ? "1 connection" : `${connections} connections`;
}

/** `12 kB`, as people say it. */
function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${Math.round(bytes / 1000 ** step)} ${units[step]}`;
}
