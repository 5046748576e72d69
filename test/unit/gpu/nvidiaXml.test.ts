import { describe, expect, test } from "vitest";
import { isFailure } from "../../../src/core/failure";
import { parseCapture } from "../../../src/core/gpu/captures";
import { fixture } from "./fixture";

const parse = (text: string) => parseCapture("nvidia-smi-xml", text);
const mib = 2 ** 20;

function failureOf(text: string) {
  try {
    parse(text);
  } catch (error) {
    if (isFailure(error)) return error.problem;
    throw error;
  }
  return undefined;
}

describe("nvidia-smi -q -x", () => {
  const rubin = parse(fixture("nvidia/rubin-615-mig.xml"));

  test("reads the values of a new driver, of which several only appear there", () => {
    expect(rubin.gpus[0]).toMatchObject({
      vendor: "nvidia",
      index: 0,
      name: "NVIDIA R200",
      busId: "0008:01:00.0",
      driverVersion: "615.23.01",
      memoryUsedBytes: 1060 * mib,
      memoryTotalBytes: 294912 * mib,
      temperatureCelsius: 58,
      memoryTemperatureCelsius: 61,
      powerWatts: 1201.5,
      powerLimitWatts: 1800,
      clockMhz: 1815,
      clockMaxMhz: 2400,
      memoryClockMhz: 4100,
      throttleReasons: ["power cap", "thermal"],
      eccUncorrected: 3,
      performanceState: "P0",
    });
    expect(rubin.gpus[0]?.pcie).toEqual({
      generation: 6,
      maxGeneration: 6,
      width: 16,
      maxWidth: 16,
      txBytesPerSecond: 500_000,
    });
  });

  test("leaves out what the tool cannot tell", () => {
    expect(rubin.gpus[0]).not.toHaveProperty("utilizationPercent");
    expect(rubin.gpus[0]).not.toHaveProperty("fanPercent");
    expect(rubin.processes[1]).not.toHaveProperty("memoryBytes");
  });

  test("names MIG instances by GPU instance, and by compute instance where several share one", () => {
    expect(rubin.gpus[0]?.mig).toEqual({
      enabled: true,
      instances: [
        {
          id: "1",
          profile: "3g.144gb",
          uuid: "MIG-aaaa0000-0000-4000-8000-000000000010",
          memoryUsedBytes: 1024 * mib,
          memoryTotalBytes: 147456 * mib,
        },
        {
          id: "5/0",
          profile: "1c.2g.72gb",
          uuid: "MIG-aaaa0000-0000-4000-8000-000000000011",
          memoryUsedBytes: 36 * mib,
          memoryTotalBytes: 73728 * mib,
        },
        { id: "5/1", profile: "1c.2g.72gb", uuid: "MIG-aaaa0000-0000-4000-8000-000000000012" },
      ],
    });
    expect(rubin.processes.map(({ pid, migId, gpuIndex }) => [pid, migId, gpuIndex])).toEqual([
      [2001, "1", 0],
      [2002, "5/1", 0],
    ]);
  });

  test("keeps process names with characters that XML reserves", () => {
    expect(rubin.processes.map(({ name }) => name)).toEqual(["python train.py --url=http://h/?a=1&b=2", "a <b>"]);
  });

  test("shows a lost GPU with its identity, and warns of it and of the reset the other one needs", () => {
    expect(rubin.gpus[1]).toEqual({
      vendor: "nvidia",
      index: 1,
      name: "NVIDIA R200",
      busId: "0009:01:00.0",
      uuid: "GPU-aaaa0000-0000-4000-8000-000000000001",
      driverVersion: "615.23.01",
    });
    expect(rubin.warnings.map(({ reason, gpuIndex }) => [reason, gpuIndex])).toEqual([
      ["gpuNeedsReset", 0],
      ["eccErrors", 0],
      ["gpuLost", 1],
    ]);
  });

  test("reads the layout of an old driver behind a warning", () => {
    const { gpus, warnings } = parse(fixture("nvidia/pascal-384.xml"));
    expect(warnings).toEqual([]);
    expect(gpus).toHaveLength(1);
    expect(gpus[0]).toMatchObject({
      busId: "0000:0a:00.0",
      utilizationPercent: 0,
      powerWatts: 49.66,
      powerLimitWatts: 250,
      clockMhz: 1303,
      throttleReasons: ["applications clocks"],
      eccUncorrected: 0,
    });
    expect(gpus[0]).not.toHaveProperty("memoryUtilizationPercent");
  });

  test("counts only whole GPUs of a document that was cut off, and says so", () => {
    const { gpus, warnings } = parse(fixture("nvidia/cut-off.xml"));
    expect(gpus.map(({ busId }) => busId)).toEqual(["0000:0a:00.0"]);
    expect(warnings.map(({ reason }) => reason)).toEqual(["cutOff"]);
  });

  test("of documents that follow each other the last whole one counts", () => {
    const [early, late] = [fixture("nvidia/cut-off.xml"), fixture("nvidia/pascal-384.xml")];
    const whole = late.slice(late.indexOf("<?xml"));
    const loop = `${fixture("nvidia/rubin-615-mig.xml")}${whole.replace("<gpu_util>0 %", "<gpu_util>9 %")}${early}`;
    const { gpus, warnings } = parse(loop);
    expect(gpus.map(({ utilizationPercent }) => utilizationPercent)).toEqual([9]);
    expect(warnings).toEqual([]);
  });

  test("any prefix of a document is read in part or refused, and never breaks", () => {
    const text = fixture("nvidia/rubin-615-mig.xml");
    for (let length = 0; length < text.length; length += 211) {
      try {
        expect(parse(text.slice(0, length)).gpus.length).toBeLessThanOrEqual(2);
      } catch (error) {
        expect(isFailure(error, "unreadable")).toBe(true);
      }
    }
  });

  test("refuses what is no such document", () => {
    for (const text of ["", "hello", "<?xml version='1.0'?><other/>", "<nvidia_smi_log><gpu>"])
      expect(failureOf(text)).toMatchObject({ reason: "unreadable" });
  });

  test("never follows entities", () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE nvidia_smi_log [<!ENTITY a "aaaaaaaaaa"><!ENTITY x SYSTEM "file:///etc/passwd">]>
      <nvidia_smi_log><gpu id="0000:01:00.0"><product_name>&x;&a;</product_name></gpu></nvidia_smi_log>`;
    expect(parse(bomb).gpus[0]?.name).toBe("&x;&a;");
  });

  test("a failure of the tool is understood", () => {
    const { gpus, warnings } = parse("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n");
    expect(gpus).toEqual([]);
    expect(warnings.map(({ reason }) => reason)).toEqual(["driverNotLoaded"]);
  });
});
