import type { Job, JobReason } from "../../../shared/jobs";
import { type Death, type DeathWords, deathWords } from "../../words/jobEnds";
import { lastException, tailLines } from "./exceptions";
import { gpuMemoryDeath } from "./gpuMemory";
import { signalOfStatus } from "./signals";

/** Why a job ended as it did, for people. */
export interface CauseOfDeath extends DeathWords {
  readonly reason: JobReason;
}

/** Characters of the log's end that are looked at. */
export const TAIL_CHARS = 64 * 1024;

/**
 * Why a job failed or was lost; undefined for one that goes on, succeeded or was stopped. What the host knows for certain
 * comes first; where it knows only a status, the end of the log tells, and the status itself where the log says nothing.
 */
export function causeOfDeath(job: Job, tail: string): CauseOfDeath | undefined {
  if (job.state !== "failed" && job.state !== "lost") return undefined;
  const lines = tailLines(tail.slice(-TAIL_CHARS));
  const death = known(job) ?? told(lines) ?? status(job, lines);
  return { reason: reasonOf(death, job), ...deathWords(death) };
}

/** What the supervisor or the scheduler knows. */
function known(job: Job): Death | undefined {
  const said = job.message === undefined ? {} : { said: job.message };
  switch (job.reason) {
    case "hostOutOfMemory":
    case "timeLimit":
    case "diskFull":
    case "hostRestarted":
    case "supervisorDied":
    case "secretsGone":
    case "gpusUnavailable":
    case "couldNotStart":
    case "schedulerEnded":
      return { kind: job.reason, ...said };
    case "gpuOutOfMemory":
    case "exitCode":
    case "signal":
    case "waitingForGpus":
    case "waitingForScheduler":
    case undefined:
      return undefined;
  }
}

/** What the program itself said at its end; from the surest to the vaguest. */
function told(lines: readonly string[]): Death | undefined {
  const memory = gpuMemoryDeath(lines);
  if (memory) return memory;
  const thrown = lastException(lines);
  const last = (pattern: RegExp) => lines.findLast((line) => pattern.test(line));
  const space = last(/\bErrno 28\b|No space left on device|Disk quota exceeded/);
  if (space !== undefined) return { kind: "diskFullTold", line: space };
  const shared = last(
    /DataLoader worker \(pid[^)]*\) is killed by signal: Bus error|insufficient shared memory \(shm\)/,
  );
  if (shared !== undefined) return { kind: "sharedMemory", line: shared };
  const driver = last(
    /CUDA driver version is insufficient|NVIDIA driver on your system is too old|No CUDA GPUs are available|no CUDA-capable device|Torch not compiled with CUDA enabled/,
  );
  if (driver !== undefined) return { kind: "gpuUnusable", line: driver };
  const nccl = last(
    /\bNCCL (?:error|WARN|operation)|DistBackendError|Watchdog caught collective operation timeout|ncclSystemError|ncclUnhandledCudaError/,
  );
  if (nccl !== undefined)
    return { kind: "nccl", line: nccl, timedOut: lines.some((line) => /collective operation timeout/.test(line)) };
  const port = last(/EADDRINUSE|Address already in use/);
  if (port !== undefined) return { kind: "portTaken", line: port };
  const assertion = last(/device-side assert triggered|illegal memory access was encountered/);
  if (assertion !== undefined) return { kind: "kernelFault", line: assertion };
  if (thrown?.type === "ModuleNotFoundError") {
    const module = /No module named '?([\w.]+)'?/.exec(thrown.message)?.[1];
    if (module) return { kind: "moduleMissing", module };
  }
  if (thrown?.type === "FileNotFoundError") {
    const path = /No such file or directory: (.+)$/.exec(thrown.message)?.[1];
    return { kind: "fileMissing", path: path ?? thrown.message };
  }
  if (thrown?.type === "KeyboardInterrupt") return { kind: "signal", signal: "SIGINT" };
  if (thrown) return { kind: "exception", ...thrown };
  const script = /can't open file '?([^':]+)'?: \[Errno 2\]/.exec(last(/can't open file/) ?? "")?.[1];
  if (script) return { kind: "fileMissing", path: script };
  const module = /: No module named ([\w.]+)$/.exec(last(/: No module named /) ?? "")?.[1];
  if (module) return { kind: "moduleMissing", module };
  const usage = lines.findLast((line) => line !== "");
  if (usage && /^\S+: error: /.test(usage) && lines.some((line) => /^usage: /.test(line)))
    return { kind: "usage", line: usage };
  return undefined;
}

function status(job: Job, lines: readonly string[]): Death {
  const signal = job.signal ?? (job.exitCode === undefined ? undefined : signalOfStatus(job.exitCode));
  if (signal !== undefined)
    return { kind: "signal", signal, ...(job.exitCode === undefined ? {} : { code: job.exitCode }) };
  if (job.exitCode === undefined) return { kind: "unknown" };
  const line = lines.findLast((one) => one.trim() !== "" && !/%\||[━=]{4}/.test(one));
  return { kind: "exitCode", code: job.exitCode, ...(line === undefined ? {} : { line }) };
}

function reasonOf(death: Death, job: Job): JobReason {
  switch (death.kind) {
    case "hostOutOfMemory":
    case "timeLimit":
    case "hostRestarted":
    case "supervisorDied":
    case "secretsGone":
    case "gpusUnavailable":
    case "couldNotStart":
    case "schedulerEnded":
    case "gpuOutOfMemory":
    case "diskFull":
      return death.kind;
    case "diskFullTold":
      return "diskFull";
    default:
      return (
        job.reason ?? (death.kind === "signal" ? "signal" : death.kind === "unknown" ? "supervisorDied" : "exitCode")
      );
  }
}
