import { giveBack } from "../core/giveBack";
import type { Job } from "../shared/jobs";
import { explainEnd } from "./explainJob";
import type { JobLine } from "./jobArguments";
import { fullId, withJobs } from "./jobs";
import { ExitCode, type TerminalIo } from "./terminal";

/** `tensorline logs HOST ID`: the log's bytes as they are; with `-f` until the job has ended. */
export async function runLogs(line: Extract<JobLine, { command: "logs" }>, io: TerminalIo): Promise<ExitCode> {
  await withJobs(line, io, async (engine, host) => {
    const id = await fullId(engine, host, line.id);
    const enough = new AbortController();
    let left = Number.POSITIVE_INFINITY;
    let job: Job | undefined;
    if (!line.follow) {
      job = (await engine.jobs.get(host, id, enough.signal)).job;
      left = job.logBytes ?? 0;
    }
    if (left === 0) return;
    const data = (chunk: Uint8Array) => {
      const wanted = chunk.subarray(0, left);
      left -= wanted.length;
      const written = writeOut(wanted);
      if (left === 0) enough.abort();
      return written;
    };
    job = await engine.jobs.follow(host, id, 0, { data }, enough.signal).catch((error: unknown) => {
      if (left > 0) throw error;
      return job;
    });
    if (job) await explainEnd(engine, host, job, io);
  });
  return ExitCode.done;
}

/** Writes bytes that nobody else reads to standard output; a promise where that is full. */
export function writeOut(chunk: Uint8Array): void | Promise<void> {
  const { stdout } = process;
  if (stdout.write(chunk, () => giveBack(chunk))) return;
  return new Promise((resolve) => stdout.once("drain", () => resolve()));
}
