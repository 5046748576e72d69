import { hasEnded, type Job } from "../../shared/jobs";
import { boundedText } from "../boundedText";
import type { Clock } from "../clock";
import { Failure, isFailure, problemOf } from "../failure";
import type { OperationHost } from "../operations/operation";
import { isInterruption, pause } from "../operations/persistence";
import beatPart from "../operations/scripts/beat.sh";
import type { StreamCommand } from "../remote";
import startPart from "../transfer/scripts/start.sh";
import { lookCommand } from "./commands";
import { jobsPart } from "./hostScript";
import { isJobId } from "./jobId";
import type { LogSink } from "./jobs";
import followScript from "./scripts/follow.sh";
import { runWithBeat } from "./withBeat";

export interface FollowDeps {
  readonly host: Pick<OperationHost, "connected">;
  readonly clock: Clock;
}

const backOffMs = [0, 200, 1000, 3000];

/** The log's bytes from `fromByte` on until the job has ended; wants a line every ten seconds. */
export function followCommand(id: string, fromByte: number, silenceMs = 30_000): StreamCommand {
  if (!isJobId(id)) throw new Failure({ reason: "jobUnknown", host: "", id: boundedText(id) });
  return {
    what: "following a job",
    script: `{\n${startPart}${jobsPart}${beatPart}${followScript}\nexit\n}`,
    parameters: [id, String(fromByte), String(silenceMs / 3000)],
    deadlineMs: 20_000,
    // It goes on from where it stopped, so that nothing is lost when something else, such as stopping, needs the session.
    yields: true,
  };
}

/** @see Jobs.follow */
export async function followLog(
  { host, clock }: FollowDeps,
  id: string,
  fromByte: number,
  sink: LogSink,
  signal: AbortSignal,
): Promise<Job> {
  let at = fromByte;
  let interrupted = false;
  const take = (chunk: Uint8Array) => {
    at += chunk.length;
    return sink.data(chunk);
  };
  for (let idle = 0; ; ) {
    const before = at;
    try {
      const runner = await host.connected(signal);
      if (interrupted) sink.resumed?.();
      interrupted = false;
      // The script ends with the job, or says nothing of one that is not there: the look after it tells.
      await runWithBeat(clock, runner, followCommand(id, at), take, signal);
      const { job } = await runner.run(lookCommand(id), signal);
      if (hasEnded(job) && at >= (job.logBytes ?? 0)) return job;
    } catch (error) {
      if (signal.aborted || !isInterruption(error)) throw error;
      if (!isFailure(error, "paused")) {
        interrupted = true;
        sink.interrupted?.(problemOf(error));
      }
    }
    idle = at > before ? 0 : idle + 1;
    await pause(clock, backOffMs[Math.min(idle, backOffMs.length - 1)] ?? 0, signal);
  }
}
