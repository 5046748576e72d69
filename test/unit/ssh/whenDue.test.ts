import { describe, expect, it } from "vitest";
import { whenDue } from "../../../src/ssh/whenDue";
import { createManualClock } from "../../mocks/manualClock";

function waiting(ms: number) {
  const clock = createManualClock();
  let calls = 0;
  const wait = whenDue(clock, ms, () => calls++);
  return { clock, wait, calls: () => calls };
}

describe("a wait that sleep shortens", () => {
  it("is over on time, once", () => {
    const { clock, calls } = waiting(30_000);
    clock.advance(29_999);
    expect(calls()).toBe(0);
    clock.advance(60_000);
    expect(calls()).toBe(1);
  });

  it("is over soon after a sleep that was longer", () => {
    const { clock, calls } = waiting(30_000);
    clock.jump(3_600_000);
    clock.advance(2_000);
    expect(calls()).toBe(1);
  });

  it("does not wait longer because the clock was set back", () => {
    const { clock, calls } = waiting(30_000);
    clock.jump(-3_600_000);
    clock.advance(30_000);
    expect(calls()).toBe(1);
  });

  it("never comes once it is given up", () => {
    const { clock, wait, calls } = waiting(30_000);
    clock.advance(10_000);
    wait.dispose();
    clock.advance(60_000);
    expect([calls(), clock.pending()]).toEqual([0, []]);
  });
});
