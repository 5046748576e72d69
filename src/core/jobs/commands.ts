import type { Job } from "../../shared/jobs";
import { boundedText } from "../boundedText";
import { Failure, type Problem } from "../failure";
import { systemProblem } from "../hostComplaint";
import keepScript from "../operations/scripts/keep.sh";
import stagePart from "../operations/scripts/stage.sh";
import supervisionPart from "../operations/scripts/supervision.sh";
import type { CommandOutput, RemoteCommand } from "../remote";
import { backendOf } from "./backends";
import { gpusProgram } from "./gpus/program";
import { ticketsFunction } from "./gpus/tickets";
import { jobsPart } from "./hostScript";
import { isJobId } from "./jobId";
import { type JobLists, parseJobs, parseLists } from "./records";
import type { JobRequest } from "./request";
import { requestText } from "./requestText";
import becomeScript from "./scripts/become.sh";
import listScript from "./scripts/list.sh";
import logIndexScript from "./scripts/logIndex.sh";
import lookScript from "./scripts/look.sh";
import readLogScript from "./scripts/readLog.sh";
import removeScript from "./scripts/remove.sh";
import snapshotPart from "./scripts/snapshot.sh";
import submitScript from "./scripts/submit.sh";
import superviseScript from "./scripts/supervise.sh";

/** Which jobs that have ended are kept: those of so many days, and at least so many. */
export interface JobRetention {
  readonly days: number;
  readonly newest: number;
}

/** One job as the host sees it now. */
export interface JobLook {
  readonly job: Job;
  /** As it was submitted with. */
  readonly settings?: string;
  /** Whether it outlives the user's log-in: by itself, in a scope of its own, or perhaps not. */
  readonly survival?: "setsid" | "scope" | "atRisk";
}

const deadlineMs = 30_000;
/** A snapshot of a big tree on a slow file system takes its time. */
const submitDeadlineMs = 120_000;
const blockBytes = 4096;
const mostLogBytes = 512 * 1024;

/** Where the host keeps jobs, for a complaint about room or rights. */
const folder = "~/.local/state/tensorline";

/**
 * Submits a job, unless the host has it already, and tells how it stands.
 * @throws Failure `jobUnusable` and what the back end refuses; in `parse` `backendUnusable`, `snapshotFailed`, `hostLacksTool`,
 * `hostDiskFull` and its like, `schedulerRefused`, `commandFailed`
 */
export function submitCommand(
  request: JobRequest,
  { days, newest }: JobRetention = { days: 30, newest: 100 },
): RemoteCommand<Job> {
  const what = "submitting a job";
  const parameters = [
    request.id,
    request.backend,
    String(days),
    String(newest),
    `${supervisionPart}${superviseScript}`,
    becomeScript,
    keepScript,
    request.gpus.kind === "none" || request.gpus.kind === "given" ? "" : gpusProgram,
  ];
  return {
    ...command(what, `${snapshotPart}${stagePart}${submitScript}`, parameters, (output) => {
      if (output.exitCode === 47) {
        const problem = systemProblem(output.stderr, folder);
        const { from = "" } = request.snapshot ?? {};
        throw new Failure(problem ?? { reason: "snapshotFailed", path: from, detail: boundedText(output.stderr) });
      }
      if (output.exitCode !== 0) throw failed(what, output, request);
      return oneJob(output.stdout);
    }),
    stdin: requestText(request),
    deadlineMs: submitDeadlineMs,
  };
}

/** All jobs that this machine's folder holds, and those of other users that a back end or a GPU ticket tells of; newest first. */
export function listCommand(): RemoteCommand<JobLists> {
  const what = "listing the jobs";
  return command(what, `${ticketsFunction}${listScript}`, [], (output) => {
    if (output.exitCode !== 0) throw failed(what, output);
    return parseLists(output.stdout);
  });
}

/** How a job stands. With `stop` its supervisor is told to end it, which takes a while. @throws Failure `jobUnknown` in `parse` */
export function lookCommand(id: string, action?: "stop"): RemoteCommand<JobLook> {
  const what = action === "stop" ? "stopping a job" : "looking at a job";
  return command(what, lookScript, [known(id), action ?? ""], (output) => {
    if (output.exitCode !== 0) throw failed(what, output, { id });
    const [settings = "", survival = ""] = output.stdout.split("\n").slice(4);
    return {
      job: oneJob(output.stdout),
      ...(settings === "" ? {} : { settings }),
      ...(survival === "setsid" || survival === "scope" || survival === "atRisk" ? { survival } : {}),
    };
  });
}

/** Removes jobs that have ended, all or none. @throws Failure in `parse`: `jobUnknown`, `jobRunning` */
export function removeCommand(ids: readonly string[]): RemoteCommand<void> {
  const what = "removing jobs";
  return command(what, removeScript, ids.map(known), (output) => {
    if (output.exitCode !== 0) throw failed(what, output, { id: boundedText(output.stdout) });
  });
}

/** At most `length` bytes of a job's log, 512 KiB at most, from a byte on. @throws Failure `jobUnknown` in `parse` */
export function readLogCommand(id: string, fromByte: number, length: number): RemoteCommand<Uint8Array> {
  const what = "reading a job's log";
  const end = fromByte + Math.min(length, mostLogBytes);
  const first = Math.floor(fromByte / blockBytes);
  const blocks = Math.ceil(end / blockBytes) - first;
  const parameters = [known(id), String(first), String(blocks), String(blockBytes)];
  return command(what, readLogScript, parameters, (output) => {
    if (output.exitCode !== 0) throw failed(what, output, { id });
    const bytes = Buffer.from(output.stdout, "base64");
    return Uint8Array.from(bytes.subarray(fromByte - first * blockBytes, end - first * blockBytes));
  });
}

/** Where in a job's log which time is: at most one place a minute. @throws Failure `jobUnknown` in `parse` */
export function logIndexCommand(id: string): RemoteCommand<readonly { readonly at: string; readonly bytes: number }[]> {
  const what = "reading the times of a job's log";
  return command(what, logIndexScript, [known(id)], (output) => {
    if (output.exitCode !== 0) throw failed(what, output, { id });
    return [...output.stdout.matchAll(/^(\d{1,11}) (\d{1,15})$/gm)].map(([, epoch, bytes]) => ({
      at: new Date(Number(epoch) * 1000).toISOString(),
      bytes: Number(bytes),
    }));
  });
}

function command<T>(
  what: string,
  script: string,
  parameters: readonly string[],
  parse: (output: CommandOutput) => T,
): RemoteCommand<T> {
  return { what, argv: ["sh", "-c", `${jobsPart}${script}`, "sh", ...parameters], deadlineMs, parse };
}

/** An id that can be no job's is looked for nowhere. */
function known(id: string): string {
  if (!isJobId(id)) throw new Failure({ reason: "jobUnknown", host: "", id: boundedText(id) });
  return id;
}

function oneJob(text: string): Job {
  const [job] = parseJobs(text);
  if (!job) throw new Failure({ reason: "unreadable", what: "a job", detail: boundedText(text) });
  return job;
}

/** What the exit codes of `scripts/` say. */
function failed(what: string, output: CommandOutput, about: Partial<JobRequest> = {}): Failure {
  const { exitCode, stderr, stdout } = output;
  const { id = "", name = id, backend = "" } = about;
  return new Failure(problemOfExit());

  function problemOfExit(): Problem {
    // Whoever runs this knows the host's name.
    if (exitCode === 40) return { reason: "jobUnknown", host: "", id };
    if (exitCode === 41) return { reason: "hostLacksTool", tool: "setsid" };
    if (exitCode === 45) return { reason: "jobRunning", name };
    if (exitCode === 48) {
      const known = backendOf(backend);
      const word = boundedText(stdout);
      return {
        reason: "backendUnusable",
        host: "",
        backend: known?.label ?? backend,
        why: known?.unusable(word) ?? word,
      };
    }
    if (exitCode === 51) {
      return {
        reason: "schedulerRefused",
        backend: backendOf(backend)?.label ?? backend,
        detail: boundedText(stderr),
      };
    }
    if (exitCode === 49) return { reason: "hostLacksTool", tool: "base64" };
    const other: Problem = { reason: "commandFailed", what, exitCode, detail: boundedText(stderr) };
    return (exitCode === 43 ? systemProblem(stderr, folder) : undefined) ?? other;
  }
}
