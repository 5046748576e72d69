import { boundedText } from "../core/boundedText";
import type { Job } from "../shared/jobs";
import type { TerminalIo } from "./terminal";

/** Exit codes of `run` and `wait` beside those of jobs. */
const lostExit = 254;
export const failureExit = 255;

/** Names by number on Linux, from 1 on; the client may be another system. */
const signals =
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS".split(
    " ",
  );

/** What `run` and `wait` exit with for a job that has ended: its own code, 128+n for signal n, 254 where it was lost. */
export function exitCodeOf({ state, exitCode, signal }: Pick<Job, "state" | "exitCode" | "signal">): number {
  if (state === "lost") return lostExit;
  // One that was told to end and did so with 0 has not done its work.
  if (exitCode !== undefined && (exitCode !== 0 || state === "succeeded")) return exitCode;
  if (state === "succeeded") return 0;
  const number = signals.indexOf((signal ?? "").replace(/^SIG/, "")) + 1;
  if (number > 0) return 128 + number;
  return state === "stopped" || exitCode === 0 ? 128 + signals.indexOf("TERM") + 1 : failureExit;
}

/** Says in one line what an exit code alone does not. */
export function tellEnd(job: Job, io: TerminalIo): void {
  const subject = boundedText(job.name, 100);
  const words = [
    howItEnded(job, subject),
    job.logIncomplete && `The log of ${subject} lacks output: the disk of the host was full.`,
    leftoverWords(job),
  ].filter((sentence) => sentence !== undefined);
  if (words.length > 0) io.complain(words.join(" "));
}

function howItEnded({ state, reason, message }: Job, subject: string): string | undefined {
  if (message !== undefined) return `${subject}: ${boundedText(message, 300)}`;
  if (state === "lost") return `${subject} is lost: nothing says how it ended${lostWords[reason ?? ""] ?? ""}.`;
  if (reason === "timeLimit") return `${subject} was ended at its time limit.`;
  return state === "stopped" ? `${subject} was stopped.` : undefined;
}

const lostWords: Readonly<Record<string, string>> = {
  hostRestarted: ", as the host was restarted",
  supervisorDied: ", as what supervised it was killed",
  secretsGone: ", as its secrets were in the memory of a process that is gone",
};

/** A sentence on processes that are left; undefined where there are none. */
export function leftoverWords({ name, state, leftovers = [] }: Pick<Job, "name" | "state" | "leftovers">) {
  if (leftovers.length === 0) return undefined;
  // Nobody tried to stop those of a lost one.
  if (state === "lost") return `These processes of ${boundedText(name, 100)} still run: ${leftovers.join(", ")}.`;
  return `These processes of ${boundedText(name, 100)} could not be stopped: ${leftovers.join(", ")}.`;
}
