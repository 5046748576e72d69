import { describe, expect, test } from "vitest";
import { createSystemReader } from "../../../src/core/gpu/system";

const memory = ["MemTotal:       1000 kB", "MemFree:         100 kB", "MemAvailable:    400 kB"];

describe("facts about the host", () => {
  test("are read from first lines of files", () => {
    const system = createSystemReader();
    const facts = {
      distribution: '"Ubuntu 22.04.5 LTS"',
      cpus: "0-63,128-191",
      kernel: "6.8.0",
      user: "alice",
      cpu: "EPYC",
    };
    for (const [name, value] of Object.entries(facts)) system.take({ kind: "fact", name, value });
    system.take({ kind: "host", uptime: "1000.00 100.00", load: "1.50 2.25 3.00 4/500 999", memory });
    expect(system.facts()).toEqual({
      distribution: "Ubuntu 22.04.5 LTS",
      cpuCount: 128,
      kernel: "6.8.0",
      user: "alice",
      cpuModel: "EPYC",
      uptimeSeconds: 1000,
      load: [1.5, 2.25, 3],
      memoryTotalBytes: 1_024_000,
      memoryUsedBytes: 614_400,
    });
  });

  test("the processors' load comes from their idle time, within its bounds", () => {
    const system = createSystemReader();
    system.take({ kind: "fact", name: "cpus", value: "0-3" });
    const load = (uptime: string) => {
      system.take({ kind: "host", uptime, load: "", memory: [] });
      return system.facts().cpuPercent;
    };
    expect(load("100.00 400.00")).toBeUndefined();
    expect(load("101.00 403.00")).toBe(25);
    expect(load("102.00 407.50")).toBe(0);
    expect(load("103.00 407.50")).toBe(100);
    expect(load("10.00 1.00")).toBe(100);
  });

  test("disks are told by mount, each once, names with blanks whole", () => {
    const system = createSystemReader();
    system.take({
      kind: "output",
      source: "disks",
      exitCode: 0,
      lines: [
        "Filesystem     1024-blocks     Used Available Capacity Mounted on",
        "//nas/my share  1000 600 400 60% /home/my share",
        "/dev/vda1 2000 500 1500 25% /",
        "/dev/vda1 2000 500 1500 25% /",
        "garbage",
      ],
    });
    expect(system.facts().disks).toEqual([
      { path: "/home/my share", mount: "/home/my share", totalBytes: 1_024_000, usedBytes: 614_400 },
      { path: "/", mount: "/", totalBytes: 2_048_000, usedBytes: 512_000 },
    ]);
  });

  test("a process began after boot by its clock ticks", () => {
    const system = createSystemReader();
    expect(system.startedAt(100)).toBeUndefined();
    system.take({ kind: "fact", name: "clock", value: "1800000000 1000.00 100" });
    expect(system.startedAt(50_000)).toBe(new Date(1_799_999_500_000).toISOString());
  });

  test("nonsense leaves the facts unknown", () => {
    const system = createSystemReader();
    system.take({ kind: "fact", name: "cpus", value: "many" });
    system.take({ kind: "fact", name: "clock", value: "x y z" });
    system.take({ kind: "host", uptime: "?", load: "a b c", memory: ["MemTotal: lots"] });
    expect(system.facts()).toEqual({});
  });
});
