import { randomBytes } from "node:crypto";
import type { HostReport, GpuVendor as VendorId } from "../../shared/gpu";
import type { Clock } from "../clock";
import { type Disposable, DisposableStore, MutableDisposable } from "../lifecycle";
import type { Logger } from "../logger";
import type { RemoteStream, Runner, StreamEnd } from "../remote";
import type { Details } from "./details";
import { createHostModel, type HostModel, pulseOf } from "./hostModel";
import { createProbeReader, gpuProbe, probeControl } from "./probe";
import type { GpuVendor } from "./vendor";

const aliveEveryMs = 10_000;
const firstTickMs = 15_000;
const restartMs = [5000, 10_000, 30_000];

export interface ProbeRunDeps {
  /** The host's name for reports. */
  readonly host: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Milliseconds between samples. */
  readonly beatMs: number;
  readonly vendors: readonly GpuVendor[];
  readonly runner: Runner;
  readonly details: Details;
  readonly signal: AbortSignal;
  show(report: HostReport, whole: boolean): void;
}

export interface ProbeRun {
  readonly model: HostModel;
  /** Resolves when the probe has ended, rejects when it could not be started. */
  readonly ended: Promise<StreamEnd>;
  setBeat(beatMs: number): void;
}

/** One run of the probe on one connection. */
export function createProbeRun({
  host,
  vendors,
  runner,
  details,
  signal,
  clock,
  log,
  show,
  ...options
}: ProbeRunDeps): ProbeRun {
  const owned = new DisposableStore();
  /** Ends with the probe, whoever ended it. */
  const over = new AbortController();
  owned.add({ dispose: () => over.abort() });
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
    if (over.signal.aborted) return;
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
    if (!shownWhole && !over.signal.aborted && model.isWhole()) showNow();
  }

  details.attach({
    hasMig: model.hasMig,
    take(vendor, answer) {
      model.setDetails(vendor, answer);
      showWhenWhole();
    },
  });

  const reader = createProbeReader(nonce, (update) => {
    if (update.kind === "cost") log.debug(`probe on ${host}: ${update.ticks} clock ticks of its own`);
    const { sample, alive, ticked, control, ended } = model.take(update);
    for (const line of control) send(line);
    for (const vendor of vendors) {
      const own = ended.filter((end) => end.vendor === vendor.id);
      for (const { source } of own) startLater(vendor, source);
      const allowedMs = ticked.includes(vendor.id) ? Math.max(5000, 5 * beatMs) : firstTickMs + beatMs;
      if (own.length === 0 && alive.includes(vendor.id)) watch(vendor, allowedMs);
      if (ticked.includes(vendor.id)) details.want(vendor);
    }
    if (sample) showNow();
    else showWhenWhole();
  });

  /** A tool that ended with a reason is not silent; it is watched again once it is started again. */
  function startLater(vendor: GpuVendor, source: string): void {
    watchdogs.get(vendor.id)?.replace(undefined);
    const wait = restartMs[Math.min(restarts++, restartMs.length - 1)] ?? 0;
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
          if (signal.aborted) return;
          for (const line of waiting.splice(0)) opened.writeLine(line);
          keepAlive();
          for (const vendor of vendors) watch(vendor, firstTickMs + beatMs);
        }, reject);
        const stop = () => {
          over.abort();
          resolve({ kind: "exit" });
        };
        signal.addEventListener("abort", stop);
        owned.add({ dispose: () => signal.removeEventListener("abort", stop) });
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
