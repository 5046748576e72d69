import { boundedText } from "../core/boundedText";
import { Failure } from "../core/failure";
import type { HostRef } from "../core/ports";
import type { Engine } from "../engine";
import { hasEnded, type Job } from "../shared/jobs";
import { createTerminalEngine, hostRef } from "./engine";
import type { JobLine } from "./jobArguments";
import { causeOfEnd } from "./jobEnd";
import { type Column, tableLines } from "./table";
import { ExitCode, type TerminalIo } from "./terminal";

const columns: readonly Column[] = [
  { heading: "ID" },
  { heading: "NAME" },
  { heading: "STATE" },
  { heading: "EXIT", align: "right" },
  { heading: "GPUS" },
  { heading: "SUBMITTED" },
  { heading: "RAN", align: "right" },
  { heading: "USER" },
];

const answerMs = 120_000;

/** `tensorline jobs HOST`: the jobs of a host, newest first. */
export async function runJobs(line: Extract<JobLine, { command: "jobs" }>, io: TerminalIo): Promise<ExitCode> {
  const { jobs = [], others = [] } = await withJobs(line, io, (engine, host) =>
    engine.jobs.refresh(host, AbortSignal.timeout(answerMs)),
  );
  if (line.json) io.printJson({ jobs, ...(others.length > 0 ? { others } : {}) }, true);
  else io.print(jobLines([...jobs, ...others], Date.now()).join("\n"));
  return ExitCode.done;
}

/** Does something with a host's jobs, and closes the connection. @throws Failure */
export async function withJobs<T>(
  line: Pick<JobLine, "host" | "connection">,
  io: TerminalIo,
  work: (engine: Engine, host: HostRef) => Promise<T>,
): Promise<T> {
  const engine = createTerminalEngine(line.connection, io);
  const host = hostRef(line.host, line.connection);
  // What follows one another goes over one connection.
  const lease = engine.connections().acquire(host);
  try {
    return await work(engine, host);
  } finally {
    lease.dispose();
    engine.dispose();
  }
}

/**
 * The id that a whole id or the beginning of a single one means.
 * @throws Failure `jobUnknown`, `jobAmbiguous`
 */
export async function fullId(engine: Engine, host: HostRef, id: string): Promise<string> {
  const signal = AbortSignal.timeout(answerMs);
  const { jobs = [] } = await engine.jobs.refresh(host, signal);
  if (jobs.some((job) => job.id === id)) return id;
  const [found, ...more] = id === "" ? [] : jobs.filter((job) => job.id.startsWith(id));
  // The list may leave out old ones.
  if (!found) return (await engine.jobs.get(host, id, signal)).job.id;
  if (more.length === 0) return found.id;
  throw new Failure({ reason: "jobAmbiguous", id, choices: [found, ...more].map((job) => job.id) });
}

/** Jobs as a person reads them; unknown is "–". */
export function jobLines(jobs: readonly Job[], nowMs: number): string[] {
  if (jobs.length === 0) return ["no jobs"];
  const length = shortLength(jobs.filter(({ user }) => user === undefined).map(({ id }) => id));
  // Nothing can be done with another user's job, so it has no name to call it by.
  const shortId = ({ id, user, schedulerId }: Job) => (user === undefined ? id.slice(0, length) : (schedulerId ?? "–"));
  const cells = (job: Job): string[] => [
    boundedText(shortId(job), 64),
    boundedText(job.name, 40),
    job.state,
    job.exitCode === undefined ? "–" : String(job.exitCode),
    gpuNames(job),
    boundedText(job.submittedAt.replace("T", " ").replace(/Z$/, ""), 20),
    ran(job, nowMs),
    boundedText(job.user ?? "", 20),
  ];
  const notes = jobs.flatMap((job) => {
    const note = causeOfEnd(job, "") ?? (job.message === undefined ? undefined : boundedText(job.message, 300));
    return note === undefined ? [] : [`  ${shortId(job)}: ${note}`];
  });
  return [...tableLines(columns, jobs.map(cells)), ...notes];
}

/** Characters by which all of them differ, eight at least. */
function shortLength(ids: readonly string[]): number {
  for (let length = 8; ; length++) {
    const starts = ids.map((id) => id.slice(0, length));
    if (new Set(starts).size === ids.length || ids.every((id) => id.length <= length)) return length;
  }
}

function gpuNames({ gpus }: Job): string {
  if (!gpus || gpus.length === 0) return "–";
  return gpus.map(({ index, uuid }) => (index === undefined ? boundedText(uuid ?? "?", 12) : String(index))).join(",");
}

/** How long it ran, or has been running by this computer's clock. */
function ran(job: Job, nowMs: number): string {
  if (job.startedAt === undefined) return "–";
  const end = hasEnded(job) ? Date.parse(job.endedAt ?? "") : nowMs;
  const seconds = Math.max(0, Math.round((end - Date.parse(job.startedAt)) / 1000));
  if (!Number.isFinite(seconds)) return "–";
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
