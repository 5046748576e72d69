import type { HostReport } from "../../shared/gpu";
import type { PanelHistory } from "../../shared/gpuPanel";
import type { Clock } from "../clock";
import { Emitter, type Event } from "../event";
import { type Problem, problemOf } from "../failure";
import { type Disposable, DisposableStore, MutableDisposable } from "../lifecycle";
import type { Logger } from "../logger";
import type { Runner, StreamEnd } from "../remote";
import { createDetails } from "./details";
import { createHistory } from "./history";
import { createProbeRun, type ProbeRun } from "./probeRun";
import type { GpuVendor } from "./vendor";
import { vendors as allVendors } from "./vendors";
import type { Sample } from "./watch";

export interface MonitorDeps {
  /** The host's name for reports. */
  readonly host: string;
  /** The runner of a live connection, as a lease gives it. */
  connected(signal: AbortSignal): Promise<Runner>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Milliseconds between samples. */
  readonly beatMs: number;
  readonly vendors?: readonly GpuVendor[];
}

/** Watches the GPUs of one host from `resume` on, for as long as it lives and is not paused. */
export interface GpuMonitor extends Disposable {
  latest(): Sample | undefined;
  /** Milliseconds since the last sample, by a clock that does not jump. */
  ageMs(): number | undefined;
  history(): PanelHistory;
  readonly onSample: Event<Sample>;
  /** Why no samples come at present; undefined while they do. */
  problem(): Problem | undefined;
  readonly onProblem: Event<Problem | undefined>;
  setBeat(beatMs: number): void;
  /** Nobody looks: the probe ends, what is known stays. */
  pause(): void;
  resume(): void;
  /** Start of a process in clock ticks since boot, for `terminateProcess`. */
  startTicks(pid: number): number | undefined;
}

const backOffMs = [1000, 2000, 5000, 10_000, 30_000];
/** A probe that lasted this long starts the back-off anew. */
const steadyMs = 60_000;

export function createGpuMonitor(deps: MonitorDeps): GpuMonitor {
  const { clock, log } = deps;
  const vendors = deps.vendors ?? allVendors;
  const history = createHistory(clock);
  const samples = new Emitter<Sample>((error) => log.error("a listener of GPU samples failed", error));
  const problems = new Emitter<Problem | undefined>((error) => log.error("a listener of GPU problems failed", error));
  const running = new MutableDisposable<Disposable>();
  let beatMs = deps.beatMs;
  let latest: Sample | undefined;
  let latestAt = 0;
  let problem: Problem | undefined;
  let session: ProbeRun | undefined;
  /** Also after its end: what it read still tells which processes were meant. */
  let lastRun: ProbeRun | undefined;
  let failures = 0;

  function setProblem(next: Problem | undefined): void {
    if (JSON.stringify(next) === JSON.stringify(problem)) return;
    problem = next;
    problems.fire(next);
  }

  function show(report: HostReport, whole: boolean): void {
    const sample = { time: clock.now(), report, whole };
    latest = sample;
    latestAt = clock.monotonic();
    setProblem(undefined);
    history.add(report);
    samples.fire(sample);
  }

  /** Connects and samples until that ends; resolves with why it did. */
  async function sampleOnce(signal: AbortSignal): Promise<Problem> {
    let own: ProbeRun | undefined;
    const owned = new DisposableStore();
    try {
      const runner = await deps.connected(signal);
      const details = owned.add(createDetails({ ...deps, runner }));
      for (;;) {
        own = createProbeRun({ ...deps, vendors, runner, details, beatMs, show, signal });
        session = own;
        lastRun = own;
        const reason = problemOfEnd(await own.ended);
        // Starting again waits for the session, and what it was needed for is over soon.
        if (reason.reason !== "paused") return reason;
        history.breakOff();
      }
    } catch (error) {
      return problemOf(error);
    } finally {
      owned.dispose();
      if (session === own) session = undefined;
    }
  }

  /** Samples, waits, samples again. One abort ends it all. */
  function begin(): void {
    const owned = new DisposableStore();
    const abort = new AbortController();
    owned.add({ dispose: () => abort.abort() });
    running.replace(owned);
    const retry = owned.add(new MutableDisposable<Disposable>());
    const attempt = async (): Promise<void> => {
      const startedAt = clock.monotonic();
      const reason = await sampleOnce(abort.signal);
      history.breakOff();
      if (abort.signal.aborted) return;
      setProblem(reason);
      failures = clock.monotonic() - startedAt > steadyMs ? 0 : failures;
      const wait = backOffMs[Math.min(failures++, backOffMs.length - 1)] ?? 0;
      log.info(`GPU sampling of ${deps.host} ended (${reason.reason}), next try in ${wait} ms`);
      retry.replace(clock.after(wait, () => void attempt()));
    };
    void attempt();
  }

  return {
    latest: () => latest,
    ageMs: () => (latest ? clock.monotonic() - latestAt : undefined),
    history: () => history.snapshot(),
    onSample: samples.event,
    problem: () => problem,
    onProblem: problems.event,
    setBeat(next) {
      beatMs = next;
      session?.setBeat(next);
    },
    pause: () => running.replace(undefined),
    resume() {
      if (running.value === undefined) begin();
    },
    startTicks: (pid) => lastRun?.model.startTicks(pid),
    dispose() {
      running.dispose();
      samples.dispose();
      problems.dispose();
    },
  };
}

function problemOfEnd(end: StreamEnd): Problem {
  if (end.kind === "failure") return problemOf(end.error);
  const { exitCode, signal } = end;
  return {
    reason: "commandFailed",
    what: "watching the GPUs",
    detail: "",
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
  };
}
