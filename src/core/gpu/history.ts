import type { Gpu, HostReport } from "../../shared/gpu";
import type { GpuSeries, PanelHistory } from "../../shared/gpuPanel";
import { processesOf } from "../../shared/gpuUse";
import type { Clock } from "../clock";

const spanMs = 10 * 60_000;
/** A little under a second, so that a beat of one second is kept whole although it jitters. */
const finestMs = 900;
const capacity = Math.ceil(spanMs / finestMs);
const maxUsers = 12;
const others = "others";

export interface History {
  /** Adds a sample, unless one was added less than a second before. */
  add(report: HostReport): void;
  /** What follows does not continue what was. */
  breakOff(): void;
  /** The last ten minutes, in times of the client's clock as it is now. */
  snapshot(): PanelHistory;
}

/** Ten minutes of a host's GPUs in rings of fixed size; kept by monotonic time, so that clock jumps do no harm. */
export function createHistory(clock: Clock): History {
  const times = new Float64Array(capacity);
  const gpus = new Map<string, GpuRings>();
  let added = 0;
  let isBroken = false;

  function advance(at: number): number {
    const slot = added % capacity;
    times[slot] = at;
    added++;
    for (const rings of gpus.values()) for (const ring of rings.all()) ring[slot] = Number.NaN;
    return slot;
  }

  function add(report: HostReport): void {
    const at = clock.monotonic();
    const last = added === 0 ? Number.NEGATIVE_INFINITY : (times[(added - 1) % capacity] ?? 0);
    if (at - last < finestMs && !isBroken) return;
    if (isBroken && added > 0) advance(Math.min(last + 1, at));
    isBroken = false;
    const slot = advance(at);
    for (const gpu of report.gpus) {
      const key = `${gpu.vendor} ${gpu.index}`;
      const rings = gpus.get(key) ?? createRings(gpu);
      gpus.set(key, rings);
      rings.utilizationPercent[slot] = gpu.utilizationPercent ?? Number.NaN;
      rings.memoryUsedBytes[slot] = gpu.memoryUsedBytes ?? Number.NaN;
      rings.powerWatts[slot] = gpu.powerWatts ?? Number.NaN;
      rings.temperatureCelsius[slot] = gpu.temperatureCelsius ?? Number.NaN;
      rings.throttled[slot] = gpu.throttleReasons === undefined ? Number.NaN : Number(gpu.throttleReasons.length > 0);
      for (const process of processesOf(report, gpu)) {
        if (process.memoryBytes === undefined) continue;
        const ring = rings.ofUser(process.user ?? others);
        const before = ring[slot] ?? Number.NaN;
        ring[slot] = (Number.isNaN(before) ? 0 : before) + process.memoryBytes;
      }
    }
  }

  function snapshot(): PanelHistory {
    const now = clock.monotonic();
    const wall = clock.now();
    const slots: number[] = [];
    for (let at = Math.max(0, added - capacity); at < added; at++) {
      const slot = at % capacity;
      if (now - (times[slot] ?? 0) <= spanMs) slots.push(slot);
    }
    return {
      times: slots.map((slot) => Math.round(wall - (now - (times[slot] ?? 0)))),
      gpus: [...gpus.values()].map((rings) => rings.series(slots)),
    };
  }

  function breakOff(): void {
    isBroken = true;
  }

  return { add, breakOff, snapshot };
}

interface GpuRings {
  readonly utilizationPercent: Float64Array;
  readonly memoryUsedBytes: Float64Array;
  readonly powerWatts: Float64Array;
  readonly temperatureCelsius: Float64Array;
  readonly throttled: Float64Array;
  /** The ring of a user; from the thirteenth on they share one. */
  ofUser(user: string): Float64Array;
  all(): Iterable<Float64Array>;
  series(slots: readonly number[]): GpuSeries;
}

function createRings({ vendor, index }: Gpu): GpuRings {
  const ring = () => new Float64Array(capacity).fill(Number.NaN);
  const values = {
    utilizationPercent: ring(),
    memoryUsedBytes: ring(),
    powerWatts: ring(),
    temperatureCelsius: ring(),
    throttled: ring(),
  };
  const users = new Map<string, Float64Array>();

  function ofUser(user: string): Float64Array {
    const own = users.get(user);
    if (own) return own;
    if (users.size >= maxUsers) dropForgottenUsers();
    const name = users.size >= maxUsers ? others : user;
    const found = users.get(name) ?? ring();
    users.set(name, found);
    return found;
  }

  function dropForgottenUsers(): void {
    for (const [user, memory] of users) if (memory.every(Number.isNaN)) users.delete(user);
  }

  return {
    ...values,
    ofUser,
    all: () => [...Object.values(values), ...users.values()],
    series(slots) {
      const pick = (from: Float64Array) => slots.map((slot) => known(from[slot]));
      const named = [...users].map(([user, memory]) => [user, pick(memory)] as const);
      return {
        vendor,
        index,
        utilizationPercent: pick(values.utilizationPercent),
        memoryUsedBytes: pick(values.memoryUsedBytes),
        powerWatts: pick(values.powerWatts),
        temperatureCelsius: pick(values.temperatureCelsius),
        throttled: pick(values.throttled),
        memoryByUser: Object.fromEntries(named.filter(([, memory]) => memory.some((value) => value !== null))),
      };
    },
  };
}

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
