import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { VendorEvent } from "../../src/core/gpu/vendor";
import { amd } from "../../src/core/gpu/vendors/amd";
import { shells, startProbe } from "./probeHost";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const busy = {
  "power/runtime_status": "active",
  gpu_busy_percent: "97",
  mem_busy_percent: "41",
  mem_info_vram_used: "1073741824",
  mem_info_vram_total: "68702699520",
  "hwmon/hwmon3/temp1_label": "edge",
  "hwmon/hwmon3/temp1_input": "45000",
  "hwmon/hwmon3/temp2_label": "junction",
  "hwmon/hwmon3/temp2_input": "61500",
  "hwmon/hwmon3/temp3_label": "mem",
  "hwmon/hwmon3/temp3_input": "58000",
  "hwmon/hwmon3/power1_average": "212000000",
  "hwmon/hwmon3/power1_cap": "300000000",
  "hwmon/hwmon3/freq1_input": "1700000000",
  "hwmon/hwmon3/freq2_input": "1600000000",
  "hwmon/hwmon3/pwm1": "51",
  current_link_speed: "16.0 GT/s PCIe",
  current_link_width: "16",
  max_link_speed: "32.0 GT/s PCIe",
  max_link_width: "16",
  unique_id: "feedbeef",
  "ras/umc_err_count": "ue: 2\nce: 9",
  "ras/gfx_err_count": "ue: 1\nce: 0",
};

/** A sys tree with these amdgpu devices. */
function sysTree(devices: Record<string, Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "sys-"));
  folders.push(root);
  for (const [address, files] of Object.entries(devices)) {
    for (const [path, value] of Object.entries(files)) {
      const file = join(root, "bus/pci/drivers/amdgpu", address, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${value}\n`);
    }
  }
  return root;
}

function last<K extends VendorEvent["kind"]>(events: readonly VendorEvent[], kind: K) {
  return events.filter((event): event is Extract<VendorEvent, { kind: K }> => event.kind === kind).at(-1);
}

describe.each(shells.map((shell) => ({ name: shell.join(" "), shell })))("AMD GPUs under $name", ({ shell }) => {
  test("live values come from the driver's files, a sleeping GPU is left asleep", async () => {
    const root = sysTree({
      "0000:63:00.0": { ...busy, "power/runtime_status": "suspended" },
      "0000:03:00.0": busy,
    });
    const probe = await startProbe({
      shell,
      vendors: [amd],
      env: { PATH: "/usr/bin:/bin", HOST_SYS: root },
    });
    const reader = amd.createReader();
    const events: VendorEvent[] = [];
    let taken = 0;
    const gpus = await probe.until(() => {
      for (const update of probe.updates.slice(taken)) {
        if (!["fact", "host", "process", "cost", "tooLong"].includes(update.kind)) {
          events.push(...reader.take(update as Parameters<typeof reader.take>[0]));
        }
      }
      taken = probe.updates.length;
      const found = last(events, "gpus")?.gpus;
      return found?.[0]?.gpu.eccUncorrected === undefined ? undefined : found;
    });
    probe.stream.dispose();
    await probe.ended();
    expect(gpus).toEqual([
      {
        gpu: {
          vendor: "amd",
          index: 0,
          busId: "0000:03:00.0",
          uuid: "feedbeef",
          utilizationPercent: 97,
          memoryUtilizationPercent: 41,
          memoryUsedBytes: 1073741824,
          memoryTotalBytes: 68702699520,
          temperatureCelsius: 45,
          memoryTemperatureCelsius: 58,
          powerWatts: 212,
          powerLimitWatts: 300,
          fanPercent: 20,
          clockMhz: 1700,
          memoryClockMhz: 1600,
          pcie: { generation: 4, maxGeneration: 5, width: 16, maxWidth: 16 },
          eccUncorrected: 3,
        },
      },
      { gpu: { vendor: "amd", index: 1, busId: "0000:63:00.0" }, asleep: true },
    ]);
  });
});

describe("AMD reader", () => {
  const files = (address: string, values: Record<string, string>) =>
    Object.entries(values).map(([path, value]) => `bus/pci/drivers/amdgpu/${address}/${path}=${value}`);
  const output = (source: string, lines: readonly string[], exitCode = 0) =>
    ({ kind: "output", source, lines, exitCode }) as const;
  const cards = (entries: Record<string, Record<string, string>>) => [JSON.stringify(entries)];

  test("cards of the tool and files of the driver meet at the PCI address, whatever their order", () => {
    const reader = amd.createReader();
    reader.take(
      output(
        "amdSmi",
        cards({
          card0: { "PCI Bus": "0000:63:00.0", "Card Series": "MI250", "GPU use (%)": "1" },
          card1: { "PCI Bus": "0000:03:00.0", "Card Series": "MI210", "GPU use (%)": "2" },
        }),
      ),
    );
    const events = reader.take(
      output("amd", [
        ...files("0000:03:00.0", { gpu_busy_percent: "30" }),
        ...files("0000:63:00.0", { gpu_busy_percent: "63" }),
      ]),
    );
    expect(last(events, "gpus")?.gpus.map(({ gpu }) => [gpu.index, gpu.name, gpu.utilizationPercent])).toEqual([
      [0, "MI250", 63],
      [1, "MI210", 30],
    ]);
  });

  test("without files the tool's values are shown", () => {
    const reader = amd.createReader();
    reader.take(output("amd", []));
    const events = reader.take(output("amdSmi", cards({ card0: { "GPU use (%)": "7" } })));
    expect(last(events, "gpus")?.gpus).toEqual([{ gpu: { vendor: "amd", index: 0, utilizationPercent: 7 } }]);
  });

  test("neither files nor tool: the vendor is absent", () => {
    const reader = amd.createReader();
    expect(reader.take(output("amdSmi", [], 127))).toEqual([]);
    expect(reader.take(output("amd", []))).toEqual([{ kind: "absent" }]);
  });

  test.each([
    [["ERROR:root:Driver not initialized (amdgpu not found in modules)"], 0, "driverNotLoaded"],
    [["garbage"], 0, "unreadable"],
    [[], 137, "toolHangs"],
  ])("%j with exit code %i is a problem", (lines, exitCode, reason) => {
    const events = amd.createReader().take(output("amdSmi", lines, exitCode));
    expect(last(events, "problems")?.problems.map((problem) => problem.reason)).toEqual([reason]);
  });
});
