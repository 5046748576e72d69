import { describe, expect, test } from "vitest";
import type { Gpu, GpuReport } from "../../../src/shared/gpu";
import { isFree as isFreeGpu, ownersOf } from "../../../src/shared/gpuUse";

const gib = 2 ** 30;
const gpu = (members: Partial<Gpu>): Gpu => ({
  vendor: "nvidia",
  index: 0,
  memoryUsedBytes: 0,
  memoryTotalBytes: 80 * gib,
  utilizationPercent: 0,
  ...members,
});
const report = (members: Partial<GpuReport>): GpuReport => ({ gpus: [], processes: [], warnings: [], ...members });

const freeGpus = (all: GpuReport) => all.gpus.filter((one) => isFreeGpu(one, all));

describe("free GPUs", () => {
  test.each([
    ["idle", {}, true],
    ["a little memory of the driver", { memoryUsedBytes: 0.5 * gib }, true],
    ["less than 2 % of a large memory", { memoryUsedBytes: 1.5 * gib }, true],
    ["memory in use", { memoryUsedBytes: 2 * gib }, false],
    ["at work", { utilizationPercent: 5 }, false],
    ["MIG, whose utilization is not known", { utilizationPercent: undefined }, true],
    ["memory not known", { memoryUsedBytes: undefined }, false],
  ] as const)("%s", (_, members, isFree) => {
    expect(freeGpus(report({ gpus: [gpu(members)] }))).toHaveLength(isFree ? 1 : 0);
  });

  test("a GPU with a process or a fault is not free, even if several share a uuid", () => {
    const gpus = [0, 1, 2].map((index) => gpu({ index, uuid: "GPU-0" }));
    const free = freeGpus(
      report({
        gpus,
        processes: [{ pid: 1, gpuIndex: 1, gpuUuid: "GPU-0" }],
        warnings: [{ reason: "gpuLost", message: "", gpuIndex: 2 }],
      }),
    );
    expect(free.map(({ index }) => index)).toEqual([0]);
  });

  test("owners are named once, the heaviest first", () => {
    const processes = [
      { pid: 1, gpuIndex: 0, user: "bob", memoryBytes: 3 },
      { pid: 2, gpuIndex: 0, user: "alice", memoryBytes: 2 },
      { pid: 3, gpuIndex: 0, user: "alice", memoryBytes: 2 },
      { pid: 4, gpuIndex: 1, user: "carol", memoryBytes: 9 },
    ];
    const gpus = [gpu({}), gpu({ index: 1 })] as const;
    expect(ownersOf(report({ gpus: [...gpus], processes }), gpus[0])).toEqual(["alice", "bob"]);
  });
});
