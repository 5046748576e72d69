import type { HostRef } from "../core/ports";
import { explainJob } from "../core/tensors/explainJob";
import { renderExplanation } from "../core/tensors/render";
import type { Engine } from "../engine";
import type { Job } from "../shared/jobs";
import type { Explanation } from "../shared/tensors";
import type { ConnectionOptions } from "./arguments";
import { fullId, withJobs } from "./jobs";
import type { TerminalIo } from "./terminal";

const readMs = 30_000;

/** Why a job failed, below its log and apart from that: on standard error. Nothing where tensors are not why. */
export async function explainEnd(engine: Engine, host: HostRef, job: Job, io: TerminalIo): Promise<void> {
  // The job has ended as it has, whatever can be found out about that.
  const found = await explainJob(engine.jobs, host, job, AbortSignal.timeout(readMs)).catch(() => undefined);
  if (found) io.tell((look) => renderExplanation(found.explanation, { ...look, clickable: false }));
}

/** Undefined where it did not fail, or for no reason about tensors. @throws Failure `jobUnknown`, `jobAmbiguous` */
export function explanationOf(
  { id, ...line }: { readonly host: string; readonly id: string; readonly connection: ConnectionOptions },
  io: TerminalIo,
): Promise<Explanation | undefined> {
  return withJobs(line, io, async (engine, host) => {
    const signal = AbortSignal.timeout(readMs);
    const { job } = await engine.jobs.get(host, await fullId(engine, host, id), signal);
    return (await explainJob(engine.jobs, host, job, signal))?.explanation;
  });
}
