import { problemOf } from "../core/failure";
import { sentence } from "../core/words";
import type { JobLine } from "./jobArguments";
import { endOfLog, exitCodeOf, failureExit, tellEnd } from "./jobEnd";
import { fullId, withJobs } from "./jobs";
import type { TerminalIo } from "./terminal";

/** Behind the end of any log: who follows one from there waits for the job alone. */
const behindLogs = 2 ** 40;

/** `tensorline wait HOST ID`: exits as `run` does. */
export async function runWait(line: Extract<JobLine, { command: "wait" }>, io: TerminalIo): Promise<number> {
  try {
    return await withJobs(line, io, async (engine, host) => {
      const id = await fullId(engine, host, line.id);
      const job = await engine.jobs.follow(host, id, behindLogs, { data() {} }, new AbortController().signal);
      tellEnd(job, await endOfLog(engine, host, job), io);
      return exitCodeOf(job);
    });
  } catch (error) {
    io.complain(sentence(problemOf(error)), error);
    return failureExit;
  }
}
