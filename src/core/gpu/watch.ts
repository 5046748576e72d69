import type { HostReport } from "../../shared/gpu";
import type { PanelHistory } from "../../shared/gpuPanel";
import type { Event } from "../event";
import type { Problem } from "../failure";
import type { Disposable } from "../lifecycle";
import type { HostRef } from "../ports";

/** One look at a host. `time` is the client's, in milliseconds since the epoch. */
export interface Sample {
  readonly time: number;
  readonly report: HostReport;
  /** Nothing is awaited any more: processes, host facts and slow details are there or known to be missing. */
  readonly whole: boolean;
}

/** A reason to look at a host's GPUs. While at least one lives, the host is sampled at the quickest beat asked for. */
export interface GpuWatch extends Disposable {
  readonly host: HostRef;
  /** The last sample, however old; none before the first. */
  latest(): Sample | undefined;
  /**
   * The first report in which nothing is still awaited: metrics, processes, host facts and slow details, each there or
   * known to be missing. Rejects with the failure of a host that cannot be reached.
   */
  whole(signal: AbortSignal): Promise<HostReport>;
  /** Milliseconds since the last sample, by a clock that does not jump. */
  ageMs(): number | undefined;
  /** Why no samples come at present, be it the connection or the sampling itself; undefined while they do. */
  problem(): Problem | undefined;
  readonly onProblem: Event<Problem | undefined>;
  /** Start of a process in clock ticks since boot: with its pid its identity. */
  startTicks(pid: number): number | undefined;
  /** The last ten minutes, kept while nobody looks; what was not sampled is a gap. */
  history(): PanelHistory;
  readonly onSample: Event<Sample>;
  /** Milliseconds between samples, 100 to 60 000. */
  setBeat(beatMs: number): void;
}

export interface WatchOptions {
  readonly quiet?: boolean;
  readonly explicit?: boolean;
}

export interface GpuWatches extends Disposable {
  /**
   * `quiet`: connects only where no question has to be answered. `explicit`: somebody asked for this very look; on a
   * gentle host no other watch connects or samples, it only sees what explicit ones bring.
   */
  watch(host: HostRef, beatMs: number, options?: WatchOptions): GpuWatch;
  /** What is known without looking: the last sample of an earlier watch. */
  latest(host: HostRef): Sample | undefined;
}
