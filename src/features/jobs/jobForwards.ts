import type { ForwardRequest, Forwards } from "../../core/forwards/forward";
import { sameTarget } from "../../core/forwards/target";
import type { Jobs } from "../../core/jobs/jobs";
import type { Disposable } from "../../core/lifecycle";
import { type HostRef, hostId } from "../../core/ports";
import { hasEnded } from "../../shared/jobs";
import type { JobTarget } from "./targets";

/** Forwards that were opened for a job. They go with it: its port may be another user's after that. */
export interface JobForwards extends Disposable {
  /** The port of this computer; one that was forwarded before is nobody's here and stays. @throws Failure of `Forwards.open` */
  open(job: JobTarget, request: ForwardRequest, signal: AbortSignal): Promise<number>;
}

export function createJobForwards(
  forwards: Pick<Forwards, "open" | "list" | "stop">,
  jobs: Pick<Jobs, "state" | "onChange">,
): JobForwards {
  const opened = new Map<number, { readonly host: HostRef; readonly jobId: string }>();
  const following = jobs.onChange((changed) => {
    const ended = (jobs.state(changed).jobs ?? []).filter(hasEnded);
    for (const [forward, { host, jobId }] of opened) {
      if (hostId(host) !== hostId(changed) || !ended.some(({ id }) => id === jobId)) continue;
      opened.delete(forward);
      forwards.stop(forward);
    }
  });
  return {
    async open({ host, job }, request, signal) {
      const isKnown = forwards.list(host).some(({ target }) => sameTarget(target, request.target));
      const { id, localPort } = await forwards.open(request, signal);
      if (!isKnown) opened.set(id, { host, jobId: job.id });
      return localPort;
    },
    dispose: () => following.dispose(),
  };
}
