import type { JobLine } from "./jobArguments";
import { leftoverWords } from "./jobEnd";
import { fullId, withJobs } from "./jobs";
import { ExitCode, type TerminalIo } from "./terminal";

/** Longer than any grace of a host. */
const stopMs = 300_000;

/** `tensorline stop HOST ID`: returns when it has stopped; fails where something of it could not be. */
export async function runStop(line: Extract<JobLine, { command: "stop" }>, io: TerminalIo): Promise<ExitCode> {
  const job = await withJobs(line, io, async (engine, host) => {
    const id = await fullId(engine, host, line.id);
    return engine.jobs.stop(host, id, AbortSignal.timeout(stopMs));
  });
  if (line.json) io.printJson(job, true);
  const left = leftoverWords(job);
  if (left === undefined) return ExitCode.done;
  io.complain(left);
  return ExitCode.failed;
}
