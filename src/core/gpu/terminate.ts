import { boundedText } from "../boundedText";
import { Failure, type Problem } from "../failure";
import type { RemoteCommand } from "../remote";
import terminateScript from "./terminate.sh";

export interface Termination {
  readonly pid: number;
  /** Start of the process in clock ticks since boot, as it was when it was shown; see `GpuMonitor.startTicks`. */
  readonly startTicks: number;
  /** Kill it at once instead of asking it to end. */
  readonly force: boolean;
  /** Seconds until it counts as having survived. */
  readonly waitSeconds?: number;
}

/** What really came of it. */
export type TerminationOutcome = { readonly kind: "gone" } | { readonly kind: "failed"; readonly problem: Problem };

/** Ends a process of the user, provided that it still is the same one. */
export function terminateProcess({
  pid,
  startTicks,
  force,
  waitSeconds = 5,
}: Termination): RemoteCommand<TerminationOutcome> {
  return {
    what: `ending process ${pid}`,
    argv: [
      ...(["sh", "-c", terminateScript, "sh"] as const),
      ...[String(pid), String(startTicks), force ? "KILL" : "TERM", String(waitSeconds)],
    ],
    deadlineMs: (waitSeconds + 10) * 1000,
    parse({ stdout, stderr, exitCode }) {
      const [word, ...rest] = stdout.trim().split(" ");
      const user = boundedText(rest.join(" "));
      switch (word) {
        case "gone":
          return { kind: "gone" };
        case "noSuchProcess":
        case "processChanged":
          return { kind: "failed", problem: { reason: word, pid } };
        case "notYourProcess":
          return { kind: "failed", problem: { reason: word, pid, ...(user === "" ? {} : { user }) } };
        case "processSurvived":
          return { kind: "failed", problem: { reason: word, pid, seconds: waitSeconds } };
        default:
          throw new Failure({
            reason: "commandFailed",
            what: `ending process ${pid}`,
            exitCode,
            detail: boundedText(stderr),
          });
      }
    },
  };
}
