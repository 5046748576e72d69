import { describe, expect, it } from "vitest";
import type { Warning } from "../../src/shared/gpu";
import { type Card, cardsOf, whyUnknown } from "../../webview-ui/gpu/model";
import { GIB, gpu, process, report } from "./samples";

function only(changes: Parameters<typeof report>[0], me = "mara"): Card {
  const [card] = cardsOf(report({ processes: [], ...changes }), me);
  if (!card) throw new Error("no card");
  return card;
}

const idle = gpu(0, { utilizationPercent: 0, memoryUsedBytes: GIB / 2 });
const warning = (reason: string, gpuIndex = 0): Warning => ({ reason, gpuIndex, message: `${reason} happened` });

describe("who a GPU is taken by", () => {
  it("names each user once, the reader first", () => {
    const processes = [process(1, { user: "zoe" }), process(2, { user: "mara" }), process(3, { user: "zoe" })];
    expect(only({ gpus: [idle], processes }).users).toEqual([
      { name: "mara", mine: true },
      { name: "zoe", mine: false },
    ]);
  });

  it.each([
    ["free: nothing runs and little is held", [idle], [], [], "free"],
    ["free: only a desktop draws on it", [idle], [process(1, { type: "G" })], [], "free"],
    ["busy: a process computes, however little", [idle], [process(1)], [], "busy"],
    [
      "hidden: memory is held by nobody one can see",
      [gpu(0, { utilizationPercent: 0, memoryUsedBytes: 30 * GIB })],
      [],
      [],
      "hidden",
    ],
    [
      "hidden: it works for nobody one can see",
      [gpu(0, { utilizationPercent: 80, memoryUsedBytes: 0 })],
      [],
      [],
      "hidden",
    ],
    [
      "free: unified memory is the machine's own",
      [gpu(0, { utilizationPercent: 0, memoryUsedBytes: 30 * GIB, unifiedMemory: true })],
      [],
      [],
      "free",
    ],
    [
      "unknown: neither memory nor load is reported",
      [gpu(0, { utilizationPercent: undefined, memoryUsedBytes: undefined })],
      [],
      [],
      "unknown",
    ],
    ["sick: it was lost", [idle], [], [warning("gpuLost")], "sick"],
    ["asleep", [idle], [], [warning("gpuAsleep")], "asleep"],
  ] as const)("%s", (_title, gpus, processes, warnings, occupancy) => {
    const card = only({ gpus: [...gpus], processes: [...processes], warnings: [...warnings] });
    expect(card.occupancy).toBe(occupancy);
  });

  it("keeps the row of a GPU that only a warning mentions, under its old name", () => {
    const cards = cardsOf(report({ gpus: [gpu(0)], warnings: [warning("gpuLost", 6)] }), undefined, [
      gpu(6, { name: "NVIDIA H100" }),
    ]);
    expect(cards.map((card) => [card.index, card.occupancy, card.name])).toEqual([
      [0, "busy", "NVIDIA H100 80GB HBM3"],
      [6, "sick", "NVIDIA H100"],
    ]);
  });

  it("gives MIG instances their own users", () => {
    const mig = gpu(0, {
      mig: {
        enabled: true,
        instances: [
          { id: "9", profile: "1g.10gb" },
          { id: "2", profile: "3g.40gb" },
        ],
      },
    });
    const { slices } = only({ gpus: [mig], processes: [process(1, { migId: "2", user: "bob" })] });
    expect(slices.map((slice) => slice.users.map((user) => user.name))).toEqual([[], ["bob"]]);
  });

  it("does not guess between GPUs that share a uuid", () => {
    const twins = [gpu(0, { uuid: "same" }), gpu(1, { uuid: "same" })];
    const cards = cardsOf(
      report({ gpus: twins, processes: [process(1, { gpuIndex: undefined, gpuUuid: "same" })] }),
      undefined,
    );
    expect(cards.map((card) => card.users)).toEqual([[], []]);
  });
});

it("keeps two vendors' GPUs of one index apart", () => {
  const card = { vendor: "amd", uuid: "amd-0", utilizationPercent: 0, memoryUsedBytes: 0 } as const;
  const both = report({
    gpus: [gpu(0, card), gpu(0)],
    processes: [process(1, { gpuUuid: gpu(0).uuid }), process(2, { gpuUuid: "amd-0", user: "zoe" })],
  });
  const cards = cardsOf(both, undefined);
  expect(cards.map((one) => [one.id, one.users.map((user) => user.name)])).toEqual([
    ["nvidia 0", ["alice"]],
    ["amd 0", ["zoe"]],
  ]);
});

describe("missing values", () => {
  it("says why a value is missing", () => {
    const mig = gpu(0, { utilizationPercent: undefined, mig: { enabled: true, instances: [] } });
    expect(whyUnknown(only({ gpus: [mig] }), "utilization")).toContain("while MIG is on");
    expect(whyUnknown(only({ gpus: [gpu(0)], warnings: [warning("gpuLost")] }))).toContain("does not answer");
    expect(whyUnknown(only({ gpus: [gpu(0)], warnings: [warning("gpuAsleep")] }))).toContain("sleeps");
  });
});
