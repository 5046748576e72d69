import { beforeEach, describe, expect, it } from "vitest";
import { type ServerAlive, watchLiveness } from "../../../src/ssh/liveness";
import { createManualClock, type ManualClock } from "../../mocks/manualClock";

describe("liveness", () => {
  let clock: ManualClock;
  let heard: number;
  let probes: number;
  let dead: boolean;
  beforeEach(() => {
    clock = createManualClock();
    heard = clock.monotonic();
    probes = 0;
    dead = false;
  });

  function watch(answering: boolean, wished?: ServerAlive) {
    const link = {
      lastHeard: () => heard,
      probe() {
        probes++;
        if (answering) heard = clock.monotonic();
      },
      dead() {
        dead = true;
      },
    };
    return watchLiveness(clock, link, wished);
  }

  it("leaves a busy link alone", () => {
    watch(false);
    for (let second = 0; second < 120; second++) {
      clock.advance(1000);
      heard = clock.monotonic();
    }
    expect([probes, dead]).toEqual([0, false]);
  });

  it("asks a quiet link for a sign of life every ten seconds", () => {
    watch(true);
    clock.advance(60_000);
    expect(dead).toBe(false);
    expect(probes).toBe(6);
  });

  it("declares a silent link dead after twenty seconds", () => {
    watch(false);
    clock.advance(19_999);
    expect(dead).toBe(false);
    clock.advance(1);
    expect([probes, dead]).toEqual([2, true]);
    expect(clock.pending()).toEqual([]);
  });

  it("is as strict as the user wishes, but never laxer", () => {
    watch(false, { intervalMs: 2_000, countMax: 2 });
    clock.advance(5_999);
    expect([probes, dead]).toEqual([2, false]);
    clock.advance(1);
    expect(dead).toBe(true);
    dead = false;
    heard = clock.monotonic();
    watch(false, { intervalMs: 60_000, countMax: 10 });
    clock.advance(20_000);
    expect(dead).toBe(true);
  });

  it("asks a stalled link before it gives it up, however strict", () => {
    watch(true, { intervalMs: 1_000, countMax: 1 });
    clock.jump(3_600_000);
    clock.advance(1_000);
    clock.advance(5_000);
    expect(dead).toBe(false);
  });

  it("asks at once after sleep, and is patient for five seconds though the silence is old", () => {
    watch(false);
    clock.jump(3_600_000);
    clock.advance(5_000);
    expect([probes, dead]).toEqual([1, false]);
    clock.advance(5_000);
    expect(dead).toBe(true);
  });

  it("is as patient after a sleep during which the clock of silence went on", () => {
    watch(false);
    heard = clock.monotonic() - 3_600_000;
    clock.jump(3_600_000);
    clock.advance(2_000);
    expect(probes).toBe(1);
    clock.advance(4_999);
    expect(dead).toBe(false);
    clock.advance(2_000);
    expect(dead).toBe(true);
  });

  it("goes on when the link answers after sleep", () => {
    watch(true);
    clock.jump(3_600_000);
    clock.advance(30_000);
    expect(dead).toBe(false);
  });

  it("takes a clock that was set by hand for no more than a question", () => {
    watch(true);
    clock.jump(-86_400_000);
    clock.advance(30_000);
    expect(dead).toBe(false);
  });
});
