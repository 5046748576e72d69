import { randomBytes } from "node:crypto";
import type { HostReport, GpuVendor as VendorId } from "../../shared/gpu";
import type { PanelHistory } from "../../shared/gpuPanel";
import type { Clock } from "../clock";
import { Emitter, type Event } from "../event";
import { type Problem, problemOf } from "../failure";
import { type Disposable, DisposableStore, MutableDisposable } from "../lifecycle";
import type { Logger } from "../logger";
import type { RemoteStream, Runner, StreamEnd } from "../remote";
import { createHistory } from "./history";
import { createHostModel, type HostModel, pulseOf } from "./hostModel";
import { createProbeReader, gpuProbe, probeControl } from "./probe";
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

/** Watches the GPUs of one host for as long as it lives and is not paused. */
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

const aliveEveryMs = 10_000;
const firstTickMs = 15_000;
const backOffMs = [1000, 2000, 5000, 10_000, 30_000];
/** A probe that lasted this long starts the back-off anew. */
const steadyMs = 60_000;
const detailsEveryMs = 600_000;
const migDetailsEveryMs = 30_000;

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
  let session: Session | undefined;
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
    let own: Session | undefined;
    try {
      const runner = await deps.connected(signal);
      own = createSession({ ...deps, vendors, runner, beatMs, show, signal });
      session = own;
      return problemOfEnd(await own.ended);
    } catch (error) {
      return problemOf(error);
    } finally {
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

  begin();
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
    startTicks: (pid) => session?.model.startTicks(pid),
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

interface SessionDeps extends MonitorDeps {
  readonly vendors: readonly GpuVendor[];
  readonly runner: Runner;
  readonly signal: AbortSignal;
  show(report: HostReport, whole: boolean): void;
}

interface Session {
  readonly model: HostModel;
  /** Resolves when the probe has ended, rejects when it could not be started. */
  readonly ended: Promise<StreamEnd>;
  setBeat(beatMs: number): void;
}

/** One run of the probe on one connection. */
function createSession({ host, vendors, runner, signal, clock, log, show, ...options }: SessionDeps): Session {
  const owned = new DisposableStore();
  const model = createHostModel(host, vendors);
  const nonce = randomBytes(8).toString("hex");
  const waiting: string[] = [];
  const watchdogs = new Map<VendorId, MutableDisposable<Disposable>>();
  let stream: RemoteStream | undefined;
  let restarts = 0;
  let beatMs = options.beatMs;

  function send(line: string): void {
    if (stream) stream.writeLine(line);
    else waiting.push(line);
  }

  const timers = new Set<Disposable>();
  owned.add({
    dispose() {
      for (const timer of timers) timer.dispose();
    },
  });
  function later(ms: number, action: () => void): void {
    const timer = clock.after(ms, () => {
      timers.delete(timer);
      action();
    });
    timers.add(timer);
  }

  function keepAlive(): void {
    send(probeControl.alive);
    later(aliveEveryMs, keepAlive);
  }

  /** A tool that goes silent is started again; the wait doubles as long as it stays silent. */
  function watch(vendor: GpuVendor, allowedMs: number): void {
    const pulse = pulseOf(vendor);
    const watchdog = watchdogs.get(vendor.id) ?? owned.add(new MutableDisposable<Disposable>());
    watchdogs.set(vendor.id, watchdog);
    watchdog.replace(
      clock.after(allowedMs, () => {
        if (model.isAbsent(vendor.id) || !pulse) return;
        log.warn(`${vendor.tool} on ${host} has been silent for ${allowedMs} ms`);
        model.setHanging(vendor.id, Math.round(allowedMs / 1000));
        send(probeControl.restart(pulse.name));
        watch(vendor, Math.min(Math.max(allowedMs * 2, firstTickMs), 120_000));
        showNow();
      }),
    );
  }

  let shownWhole = false;
  function showNow(): void {
    const whole = model.isWhole();
    shownWhole ||= whole;
    show(model.report(), whole);
  }

  /** Who waits for everything gets it without waiting for the next beat. */
  function showWhenWhole(): void {
    if (!shownWhole && !signal.aborted && model.isWhole()) showNow();
  }

  const withDetails = new Set<VendorId>();
  function readDetails(vendor: GpuVendor): void {
    const { details } = vendor;
    if (!details) return;
    runner
      .run(details, signal)
      .then((answer) => model.setDetails(vendor.id, answer))
      .catch((error: unknown) => {
        log.info(`details of ${host} were not read: ${problemOf(error).reason}`);
        model.setDetails(vendor.id, undefined);
      })
      .then(showWhenWhole)
      .finally(() => {
        if (!signal.aborted) later(model.hasMig() ? migDetailsEveryMs : detailsEveryMs, () => readDetails(vendor));
      });
  }

  const reader = createProbeReader(nonce, (update) => {
    if (update.kind === "cost") log.debug(`probe on ${host}: ${update.ticks} clock ticks of its own`);
    const { sample, alive, ticked, control, ended } = model.take(update);
    for (const line of control) send(line);
    for (const vendor of vendors) {
      const own = ended.filter((end) => end.vendor === vendor.id);
      for (const { source } of own) startLater(vendor, source);
      const allowedMs = ticked.includes(vendor.id) ? Math.max(5000, 5 * beatMs) : firstTickMs + beatMs;
      if (own.length === 0 && alive.includes(vendor.id)) watch(vendor, allowedMs);
      if (!ticked.includes(vendor.id) || withDetails.has(vendor.id)) continue;
      withDetails.add(vendor.id);
      readDetails(vendor);
    }
    if (sample) showNow();
    else showWhenWhole();
  });

  /** A tool that ended with a reason is not silent; it is watched again once it is started again. */
  function startLater(vendor: GpuVendor, source: string): void {
    watchdogs.get(vendor.id)?.replace(undefined);
    const wait = backOffMs[Math.min(2 + restarts++, backOffMs.length - 1)] ?? 0;
    later(wait, () => {
      send(probeControl.restart(source));
      watch(vendor, firstTickMs + beatMs);
    });
  }

  async function run(): Promise<StreamEnd> {
    try {
      return await new Promise<StreamEnd>((resolve, reject) => {
        const sink = { data: (chunk: Uint8Array) => reader.push(chunk), end: resolve };
        runner.stream(gpuProbe({ beatMs, vendors, nonce }), sink, signal).then((opened) => {
          stream = owned.add(opened);
          for (const line of waiting.splice(0)) opened.writeLine(line);
          keepAlive();
          for (const vendor of vendors) watch(vendor, firstTickMs + beatMs);
          signal.addEventListener("abort", () => resolve({ kind: "exit" }), { once: true });
        }, reject);
      });
    } finally {
      owned.dispose();
    }
  }

  return {
    model,
    ended: run(),
    setBeat(next) {
      beatMs = next;
      send(probeControl.interval(next));
      for (const vendor of vendors) watch(vendor, firstTickMs + next);
    },
  };
}
