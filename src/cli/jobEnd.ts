import { boundedText } from "../core/boundedText";
import { causeOfDeath, TAIL_CHARS } from "../core/jobs/read/cause";
import { signals } from "../core/jobs/read/signals";
import type { HostRef } from "../core/ports";
import type { Engine } from "../engine";
import type { Job } from "../shared/jobs";
import type { TerminalIo } from "./terminal";

/** Exit codes of `run` and `wait` beside those of jobs. */
const lostExit = 254;
export const failureExit = 255;
/** 128 + 15, as TERM leaves it. */
const terminatedExit = 143;

/** What `run` and `wait` exit with for a job that has ended: its own code, 128+n for signal n, 254 where it was lost. */
export function exitCodeOf({ state, exitCode, signal }: Pick<Job, "state" | "exitCode" | "signal">): number {
  if (state === "lost") return lostExit;
  // One that was told to end and did so with 0 has not done its work.
  if (exitCode !== undefined && (exitCode !== 0 || state === "succeeded")) return exitCode;
  if (state === "succeeded") return 0;
  const number = signals[signal ?? ""]?.number;
  if (number !== undefined) return 128 + number;
  return state === "stopped" || exitCode === 0 ? terminatedExit : failureExit;
}

/** What the end of a job's log may tell of its death: nothing where it cannot be read, which keeps back no exit code. */
export async function endOfLog(engine: Engine, host: HostRef, job: Job): Promise<string> {
  const { id, logBytes = 0 } = job;
  if (job.state !== "failed" || logBytes === 0) return "";
  const from = Math.max(0, logBytes - TAIL_CHARS);
  const reading = engine.jobs.readLog(host, id, from, TAIL_CHARS, AbortSignal.timeout(30_000));
  return reading.then(
    (bytes) => Buffer.from(bytes).toString(),
    () => "",
  );
}

/** Says in one line what an exit code alone does not. */
export function tellEnd(job: Job, tail: string, io: TerminalIo): void {
  const subject = boundedText(job.name, 100);
  const cause = causeOfEnd(job, tail);
  const words = [
    job.state === "stopped" ? `${subject} was stopped.` : cause && `${subject}: ${cause}`,
    job.logIncomplete && `The log of ${subject} lacks output: the disk of the host was full.`,
    leftoverWords(job),
  ].filter((sentence) => sentence !== undefined);
  if (words.length > 0) io.complain(words.join(" "));
}

/** Why a job failed or was lost, as the job panel has it; undefined where its exit code and its own output say it all. */
export function causeOfEnd(job: Job, tail: string): string | undefined {
  const cause = causeOfDeath(job, tail);
  if (!cause || (cause.reason === "exitCode" && cause.advice === undefined)) return undefined;
  const said = job.message === undefined ? undefined : closed(boundedText(job.message, 300));
  return [cause.message, said, cause.advice].filter(Boolean).join(" ");
}

const closed = (text: string) => (/[.!?…]$/.test(text) ? text : `${text}.`);

/** A sentence on processes that are left; undefined where there are none. */
export function leftoverWords({ name, state, leftovers = [] }: Pick<Job, "name" | "state" | "leftovers">) {
  if (leftovers.length === 0) return undefined;
  // Nobody tried to stop those of a lost one.
  if (state === "lost") return `These processes of ${boundedText(name, 100)} still run: ${leftovers.join(", ")}.`;
  return `These processes of ${boundedText(name, 100)} could not be stopped: ${leftovers.join(", ")}.`;
}
