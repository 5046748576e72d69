import { describe, expect, test } from "vitest";
import type { SourceUpdate, VendorEvent } from "../../../src/core/gpu/vendor";
import { nvidia } from "../../../src/core/gpu/vendors/nvidia";

const fields: SourceUpdate = {
  kind: "fields",
  source: "nvidia",
  fields: ["index", "count", "uuid", "utilization.gpu"],
};
const line = (text: string): SourceUpdate => ({ kind: "line", text });
const exit = (exitCode: number): SourceUpdate => ({ kind: "exit", source: "nvidia", exitCode });

function follow(updates: readonly SourceUpdate[]): VendorEvent[] {
  const reader = nvidia.createReader();
  return updates.flatMap((update) => reader.take(update));
}

function problemsAfter(updates: readonly SourceUpdate[]): string[] {
  const events = follow(updates).filter((event) => event.kind === "problems");
  return events.at(-1)?.problems.map(({ reason }) => reason) ?? [];
}

const ticks = (updates: readonly SourceUpdate[]) =>
  follow(updates).flatMap((event) =>
    event.kind === "gpus" ? [event.gpus.map(({ gpu, lost }) => [gpu.index, lost ?? false])] : [],
  );

const lost = "[GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost]";

describe("following nvidia-smi in loop mode", () => {
  test("a tick is whole with its last row", () => {
    expect(ticks([fields, line("0, 2, GPU-0, 1")])).toEqual([]);
    expect(ticks([fields, line("0, 2, GPU-0, 1"), line("1, 2, GPU-1, 1")])).toEqual([
      [
        [0, false],
        [1, false],
      ],
    ]);
  });

  test.each([
    [0, [lost, "1, 3, GPU-1, 5", "2, 3, GPU-2, 5"]],
    [1, ["0, 3, GPU-0, 5", lost, "2, 3, GPU-2, 5"]],
    [2, ["0, 3, GPU-0, 5", "1, 3, GPU-1, 5", lost]],
  ])("lost GPU %i of three is known by its place", (index, rows) => {
    const first = ["0, 3, GPU-0, 1", "1, 3, GPU-1, 1", "2, 3, GPU-2, 1"];
    const all = ticks([fields, ...[...first, ...rows, ...rows].map(line)]);
    expect(all).toHaveLength(3);
    for (const tick of all.slice(1)) expect(tick).toEqual([0, 1, 2].map((at) => [at, at === index]));
  });

  test("a host whose only GPU is lost goes on ticking", () => {
    expect(ticks([fields, line("0, 1, GPU-0, 1"), line(lost), line(lost)])).toEqual([
      [[0, false]],
      [[0, true]],
      [[0, true]],
    ]);
  });

  test("lines between rows are a warning until a tick comes without them", () => {
    const noisy = [fields, line("\u0001\u0002 what"), line("0, 1, GPU-0, 1")];
    expect(problemsAfter(noisy)).toEqual(["unreadable"]);
    expect(problemsAfter([...noisy, line("0, 1, GPU-0, 1")])).toEqual([]);
  });

  test("the reason of an end stands in what it printed, over several lines", () => {
    const events = follow([
      fields,
      line("Failed to initialize NVML: Driver/library version mismatch"),
      line("NVML library version: 535.161"),
      exit(18),
    ]);
    expect(events).toContainEqual({
      kind: "problems",
      problems: [{ reason: "driverLibraryMismatch", library: "535.161" }],
    });
    expect(events).toContainEqual({ kind: "ended", source: "nvidia" });
  });

  test("a refused field is left out and the loop started again", () => {
    const events = follow([fields, line('Field "utilization.gpu" is not a valid field to query.'), line(""), exit(2)]);
    expect(events).toEqual([{ kind: "control", line: "fields nvidia index,count,uuid" }]);
  });

  test("a broken GPU is left out once, and its problem goes over to its entry", () => {
    const cards: SourceUpdate = {
      kind: "output",
      source: "nvidiaCards",
      exitCode: 0,
      lines: ["a", "b"].map((bus) => `bus/pci/drivers/nvidia/0000:1${bus}:00.0/class=0x030200`),
    };
    const failing = [line("Unable to determine the device handle for GPU 0000:1A:00.0: Unknown Error"), exit(255)];
    const updates = [cards, fields, ...failing];
    expect(follow(updates)).toContainEqual({ kind: "control", line: "extra nvidia -i 0000:1b:00.0" });
    const cured = [...updates, fields, line("1, 2, GPU-1, 7")];
    expect(problemsAfter(cured)).toEqual([]);
    const last = follow(cured).findLast((event) => event.kind === "gpus");
    expect(last?.gpus).toMatchObject([{ gpu: { index: 0 }, unreadable: "Unknown Error" }, { gpu: { index: 1 } }]);
    expect(follow([...updates, ...failing])).toContainEqual({ kind: "ended", source: "nvidia" });
  });

  test("no tool, no vendor", () => {
    expect(follow([exit(127)])).toEqual([{ kind: "absent" }]);
  });
});
