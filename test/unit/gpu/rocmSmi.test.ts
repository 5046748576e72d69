import { describe, expect, test } from "vitest";
import { parseCapture } from "../../../src/core/gpu/captures";
import { fixture } from "./fixture";

const parse = (text: string) => parseCapture("rocm-smi-json", text);

describe("rocm-smi --json", () => {
  test("reads the keys and blanks of ROCm 3, cards in the order of their numbers", () => {
    const { gpus } = parse(fixture("amd/rocm-3.json"));
    expect(gpus.map(({ index }) => index)).toEqual([1, 2, 10]);
    expect(gpus[2]).toEqual({
      vendor: "amd",
      index: 10,
      uuid: "0x1234",
      name: "Vega 20",
      busId: "0000:63:00.0",
      driverVersion: "5.4.0-42",
      utilizationPercent: 10,
      memoryUtilizationPercent: 3,
      memoryUsedBytes: 19095552,
      memoryTotalBytes: 17163091968,
      temperatureCelsius: 41,
      memoryTemperatureCelsius: 38,
      powerWatts: 21,
      powerLimitWatts: 225,
      fanPercent: 14,
      clockMhz: 925,
      memoryClockMhz: 350,
    });
    expect(gpus[0]).not.toHaveProperty("utilizationPercent");
  });

  test("finds the documents in the noise around them and puts them together", () => {
    const { gpus, processes, warnings } = parse(fixture("amd/rocm-7-noise.txt"));
    expect(gpus).toHaveLength(2);
    expect(gpus[0]).toMatchObject({
      name: "AMD Instinct MI300X",
      driverVersion: "6.12.57",
      temperatureCelsius: 88,
      powerWatts: 742,
      powerLimitWatts: 750,
      pcie: { generation: 5, width: 16 },
    });
    expect(gpus[0]).not.toHaveProperty("fanPercent");
    expect(gpus[1]).not.toHaveProperty("powerWatts");
    expect(processes).toEqual([
      { pid: 7001, name: "isolated, web, co", memoryBytes: 67108864 },
      { pid: 48213, name: "python3", memoryBytes: 255550554112 },
    ]);
    expect(warnings).toEqual([]);
  });

  test("reads the Hygon fork", () => {
    expect(parse(fixture("amd/hygon.json")).gpus[0]).toMatchObject({
      name: "DCU K100",
      utilizationPercent: 12,
      memoryUsedBytes: 2 * 2 ** 20,
      memoryTotalBytes: 65520 * 2 ** 20,
    });
  });

  test.each([
    [fixture("amd/no-library.txt"), "libraryMissing"],
    ["ERROR:root:Driver not initialized (amdgpu not found in modules)", "driverNotLoaded"],
    ["WARNING: No JSON data to report", "noDevices"],
    ["NOT_SUPPORTED: Cannot print JSON/CSV output for concise output", "toolFailed"],
  ])("a failure without an exit code is understood: %.40s", (text, reason) => {
    expect(parse(text).warnings.map((warning) => warning.reason)).toEqual([reason]);
  });

  test("a document that was cut off is refused, one after a whole one is reported", () => {
    expect(() => parse('{"card0": {"GPU use (%)": "6')).toThrow("unreadable");
    expect(() => parse("no json here")).toThrow("unreadable");
  });
});
