import { describe, expect, test } from "vitest";
import { isFailure } from "../../../src/core/failure";
import { parseCapture } from "../../../src/core/gpu/captures";
import { fixture } from "./fixture";

const parse = (text: string) => parseCapture("nvidia-smi-csv", text);
const mib = 2 ** 20;

describe("nvidia-smi --format=csv", () => {
  test("of loop output the last whole tick counts, and a lost GPU has the place and the name it had", () => {
    const { gpus, warnings } = parse(fixture("nvidia/loop.csv"));
    expect(gpus.map(({ index, uuid, utilizationPercent }) => [index, uuid, utilizationPercent])).toEqual([
      [0, "GPU-c0", 21],
      [1, "GPU-c1", undefined],
      [2, "GPU-c2", 23],
    ]);
    expect(warnings.map(({ reason, gpuIndex }) => [reason, gpuIndex])).toEqual([["gpuLost", 1]]);
  });

  test("the bitmask of reasons becomes words, and being idle is none", () => {
    const { gpus } = parse(fixture("nvidia/loop.csv"));
    expect(gpus[0]?.throttleReasons).toEqual(["power cap"]);
    expect(gpus[2]?.throttleReasons).toEqual(["thermal", "hardware slowdown", "power brake", "display clocks"]);
  });

  test("units are read from cells, and what cannot be read is absent", () => {
    const { gpus, warnings } = parse(fixture("nvidia/tables.csv"));
    expect(gpus[0]).toEqual({
      vendor: "nvidia",
      index: 0,
      name: "NVIDIA GB10",
      uuid: "GPU-d0",
      busId: "000f:01:00.0",
      driverVersion: "580.95.05",
      utilizationPercent: 37,
      temperatureCelsius: 48,
      powerWatts: 21.5,
      clockMhz: 2418,
      unifiedMemory: true,
    });
    expect(gpus[1]).toEqual({
      vendor: "nvidia",
      index: 1,
      name: "NVIDIA RTX PRO 6000",
      uuid: "GPU-d1",
      busId: "0001:c1:00.0",
      driverVersion: "580.95.05",
      memoryUsedBytes: 512 * mib,
      memoryTotalBytes: 97887 * mib,
    });
    expect(warnings).toEqual([]);
  });

  test("a process name keeps its commas and finds its GPU", () => {
    expect(parse(fixture("nvidia/tables.csv")).processes).toEqual([
      {
        gpuUuid: "GPU-d1",
        gpuIndex: 1,
        pid: 501,
        name: "/usr/bin/app --type=gpu-process --a=1, --b",
        memoryBytes: 512 * mib,
      },
      { gpuUuid: "GPU-d0", gpuIndex: 0, pid: 502 },
    ]);
  });

  test("GPUs are not merged by a uuid that several report", () => {
    const { gpus } = parse("index, uuid, memory.used [MiB]\n0, GPU-0, 1\n1, GPU-0, 2\n2, GPU-0, 3\n");
    expect(gpus.map(({ memoryUsedBytes }) => memoryUsedBytes)).toEqual([mib, 2 * mib, 3 * mib]);
  });

  test("output without a header is refused with a hint", () => {
    expect(() => parse(fixture("nvidia/noheader.csv"))).toThrow("unreadable");
    try {
      parse(fixture("nvidia/noheader.csv"));
    } catch (error) {
      expect(isFailure(error) && error.problem).toMatchObject({ detail: expect.stringContaining("noheader") });
    }
  });

  test.each([
    ["", "unreadable"],
    ["\u0000\u0001\u0002", "unreadable"],
  ])("%j is refused", (text, reason) => {
    expect(() => parse(text)).toThrow(reason);
  });

  test("a line that is no row does not disturb the rows", () => {
    const { gpus, warnings } = parse(
      "index, name\n0, A\nUnable to determine the device handle for GPU 0000:02:00.0: Unknown Error\n1, B\n",
    );
    expect(gpus.map(({ name }) => name)).toEqual(["A", "B"]);
    expect(warnings.map(({ reason }) => reason)).toEqual(["gpuUnreadable"]);
  });
});
