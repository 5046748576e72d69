import { describe, expect, test } from "vitest";
import { h100 } from "../../src/demo/hardware";
import { labHosts } from "../../src/demo/hosts";
import { firstTurn, turnAt } from "../../src/demo/schedule";
import { readGpu, type Work } from "../../src/demo/simulation";

const program = { kind: "training", argv: ["python", "train.py"], memoryMiB: 60_000 } as const;

function training(seed: number, start = 0, end = 3600): Work {
  const turn = { number: 0, program, start, end, next: end + 60 };
  return { turn, places: [{ gpu: 0 }], end, words: [seed, "host"] };
}

const seconds = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const series = (work: Work, gpu = 0) => seconds(0, 1200).map((second) => readGpu(h100, gpu, [work], second));

describe("a training job", () => {
  test("looks the same for the same seed and different for another", () => {
    expect(series(training(1))).toEqual(series(training(1)));
    expect(series(training(1))).not.toEqual(series(training(2)));
  });

  test("keeps the GPU busy with dips, within the limits of the hardware", () => {
    const readings = series(training(1)).slice(60);
    const busy = readings.map((reading) => reading.utilizationPercent);
    expect(busy.filter((value) => value > 85).length).toBeGreaterThan(busy.length / 2);
    expect(Math.min(...busy)).toBeLessThan(60);
    for (const reading of readings) {
      expect(reading.utilizationPercent).toBeLessThanOrEqual(100);
      expect(reading.watts).toBeLessThanOrEqual(h100.powerLimitWatts);
      expect(reading.clockMhz).toBeLessThanOrEqual(h100.maxClockMhz);
      expect(reading.celsius).toBeLessThanOrEqual(h100.hotCelsius);
    }
  });

  test("fills the memory in steps and keeps it", () => {
    const used = series(training(1)).map((reading) => reading.memoryUsedMiB);
    expect(used[0]).toBe(0);
    expect(new Set(used).size).toBeLessThan(8);
    expect(used.slice(40).every((value) => value === 60_000)).toBe(true);
  });

  test("heats the GPU with a delay and lets it cool with a delay", () => {
    const work = training(1, 0, 300);
    const at = (second: number) => readGpu(h100, 0, [work], second);
    expect(at(24).celsius).toBeLessThan(at(120).celsius);
    expect(at(301).watts).toBeLessThan(100);
    expect(at(301).celsius).toBeGreaterThan(at(400).celsius + 10);
  });

  test("gives up clock speed exactly while the power limit holds it", () => {
    const hungry = seconds(0, 40).flatMap((seed) => series(training(seed)));
    const capped = hungry.filter((reading) => reading.powerCapped);
    expect(capped.length).toBeGreaterThan(0);
    expect(capped.every((reading) => reading.watts === h100.powerLimitWatts)).toBe(true);
    expect(hungry.every((reading) => reading.powerCapped || reading.clockMhz >= h100.maxClockMhz || reading.idle)).toBe(
      true,
    );
  });
});

test("a GPU without a job stays idle", () => {
  for (const reading of series(training(1), 1)) {
    expect(reading).toMatchObject({ utilizationPercent: 0, memoryUsedMiB: 0, clockMhz: h100.idleClockMhz, idle: true });
    expect(reading.watts).toBeLessThan(h100.idleWatts + 3);
  }
});

test("jobs of a slot follow each other with pauses, the same for every look", () => {
  const slot = labHosts[0]?.slots[0];
  if (!slot) throw new Error("the first host has jobs");
  const start = firstTurn(slot, [7]);
  expect(start.start).toBeLessThan(0);
  expect(start.end).toBeGreaterThan(300);
  let stepped = start;
  for (const second of seconds(0, 20_000)) stepped = turnAt(slot, stepped, second, [7]);
  expect(stepped).toEqual(turnAt(slot, start, 19_999, [7]));
  expect(stepped.number).toBeGreaterThan(2);
  expect(start.next).toBeGreaterThan(start.end);
});
