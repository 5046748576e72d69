import { describe, expect, test } from "vitest";
import { createHistory } from "../../../src/core/gpu/history";
import type { GpuProcess, HostReport } from "../../../src/shared/gpu";
import { createManualClock } from "../../mocks/manualClock";

function report(utilizationPercent: number, processes: GpuProcess[] = []): HostReport {
  const gpu = { vendor: "nvidia" as const, index: 0, utilizationPercent, throttleReasons: [] };
  return { host: "lab1", gpus: [gpu], processes, warnings: [] };
}

describe("history", () => {
  test("keeps ten minutes and no more, one point a second at any beat", () => {
    const clock = createManualClock();
    const history = createHistory(clock);
    for (let tick = 0; tick < 9000; tick++) {
      history.add(report(tick % 100));
      clock.advance(100);
    }
    const { times, gpus } = history.snapshot();
    expect(times.length).toBeGreaterThan(590);
    expect(times.length).toBeLessThan(680);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThanOrEqual(600_000);
    expect(gpus[0]?.utilizationPercent).toHaveLength(times.length);
    expect(gpus[0]?.throttled.every((value) => value === 0)).toBe(true);
  });

  test("a break is a gap, a value that is not known is null", () => {
    const clock = createManualClock();
    const history = createHistory(clock);
    history.add(report(1));
    history.breakOff();
    clock.advance(60_000);
    history.add(report(2));
    const { times, gpus } = history.snapshot();
    expect(gpus[0]?.utilizationPercent).toEqual([1, null, 2]);
    expect(gpus[0]?.powerWatts).toEqual([null, null, null]);
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 1, 60_000]);
  });

  test("times follow the clock of now, whatever it was set to", () => {
    const clock = createManualClock();
    const history = createHistory(clock);
    history.add(report(1));
    clock.advance(1000);
    clock.jump(-3_600_000);
    history.add(report(2));
    expect(history.snapshot().times).toEqual([clock.now() - 1000, clock.now()]);
  });

  test("memory is told by user, the thirteenth and later together", () => {
    const clock = createManualClock();
    const history = createHistory(clock);
    const users = Array.from({ length: 20 }, (_, at) => `user${at}`);
    history.add(
      report(
        1,
        users.map((user, at) => ({ pid: at + 1, gpuIndex: 0, user, memoryBytes: 10 })),
      ),
    );
    const byUser = history.snapshot().gpus[0]?.memoryByUser ?? {};
    expect(Object.keys(byUser)).toHaveLength(13);
    expect(byUser.user0).toEqual([10]);
    expect(byUser.others).toEqual([80]);
  });

  test("a user named like a member of every object is a user", () => {
    const clock = createManualClock();
    const history = createHistory(clock);
    history.add(report(1, [{ pid: 1, gpuIndex: 0, user: "__proto__", memoryBytes: 10 }]));
    expect(Object.entries(history.snapshot().gpus[0]?.memoryByUser ?? {})).toEqual([["__proto__", [10]]]);
  });
});
