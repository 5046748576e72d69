import type { Clock } from "../../core/clock";
import { Emitter, type Event } from "../../core/event";
import type { Jobs, LogTail } from "../../core/jobs/jobs";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import type { HostRef } from "../../core/ports";
import type { JobProgress } from "../../shared/jobPanel";
import { hasEnded } from "../../shared/jobs";
import type { JobReaders, OutputReader } from "./jobReaders";
import { jobKey } from "./jobWords";

/** What the newest output of running jobs says, for the rows and the notifications. */
export interface Tails extends Disposable {
  progress(host: HostRef, id: string): JobProgress | undefined;
  /** The first loss that is no number, as a sentence has it: `loss NaN`. */
  badLoss(host: HostRef, id: string): string | undefined;
  /** `Clock.monotonic()` of the last output that was seen. */
  grewAt(host: HostRef, id: string): number | undefined;
  readonly onChange: Event<{ readonly host: HostRef; readonly id: string }>;
}

interface Room {
  /** Position behind the last byte that was read. */
  end: number;
  grewAt: number;
  readonly reader: OutputReader;
}

export function createTails(
  jobs: Pick<Jobs, "onTail" | "onChange" | "state">,
  readers: Pick<JobReaders, "output">,
  clock: Pick<Clock, "monotonic">,
): Tails {
  const store = new DisposableStore();
  const changes = store.add(new Emitter<{ host: HostRef; id: string }>());
  const rooms = new Map<string, Room>();

  const enter = ({ host, id, logBytes }: LogTail): Room => {
    const known = rooms.get(jobKey(host, id));
    // A log that is shorter than it was is not the same one.
    if (known && known.end <= logBytes) return known;
    const room = { end: 0, grewAt: clock.monotonic(), reader: readers.output() };
    rooms.set(jobKey(host, id), room);
    return room;
  };

  store.add(
    jobs.onTail((tail) => {
      const room = enter(tail);
      const from = tail.logBytes - tail.bytes.length;
      const fresh = tail.bytes.subarray(Math.max(0, room.end - from));
      if (fresh.length === 0) return;
      // Two halves of lines that do not belong together are no line.
      if (from > room.end) room.reader.gap();
      room.end = tail.logBytes;
      room.grewAt = clock.monotonic();
      room.reader.feed(fresh);
      changes.fire({ host: tail.host, id: tail.id });
    }),
  );
  store.add(
    jobs.onChange((host) => {
      for (const job of jobs.state(host).jobs ?? []) if (hasEnded(job)) rooms.delete(jobKey(host, job.id));
    }),
  );

  return {
    progress: (host, id) => rooms.get(jobKey(host, id))?.reader.progress(),
    badLoss(host, id) {
      const loss = rooms.get(jobKey(host, id))?.reader.alarms().brokenLoss;
      return loss && `${loss.name} ${loss.value}`;
    },
    grewAt: (host, id) => rooms.get(jobKey(host, id))?.grewAt,
    onChange: changes.event,
    dispose: () => store.dispose(),
  };
}
