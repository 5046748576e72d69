import { describe, expect, it } from "vitest";
import { filtered, held, nextSort, type ProcessRow, rowsOf, type Sort, sorted } from "../../webview-ui/gpu/processes";
import { GIB, NOON, process, report } from "./samples";

const hours = (count: number) => new Date(NOON - count * 3_600_000).toISOString();

const rows = rowsOf(
  report({
    processes: [
      process(3, { user: "bob", memoryBytes: 30 * GIB, gpuIndex: 1, command: "Zebra", startedAt: hours(1) }),
      process(1, { user: "mara", memoryBytes: 1 * GIB, gpuIndex: 0, command: "ant", startedAt: hours(9) }),
      process(2, {
        user: "mara",
        memoryBytes: 5 * GIB,
        gpuIndex: 1,
        command: undefined,
        name: "bee",
        startedAt: undefined,
      }),
      process(4, {
        user: undefined,
        memoryBytes: undefined,
        gpuIndex: undefined,
        gpuUuid: undefined,
        command: undefined,
        name: undefined,
      }),
    ],
  }),
  "mara",
);
const pids = (list: readonly ProcessRow[]) => list.map((row) => row.pid);

describe("order", () => {
  it("has the reader's own first, then by memory", () => {
    expect(pids(sorted(rows, undefined))).toEqual([2, 1, 3, 4]);
  });

  it.each<[NonNullable<Sort>, number[]]>([
    [{ column: "pid", descending: false }, [1, 2, 3, 4]],
    [{ column: "pid", descending: true }, [4, 3, 2, 1]],
    [{ column: "user", descending: false }, [3, 1, 2, 4]],
    [{ column: "gpu", descending: true }, [2, 3, 1, 4]],
    [{ column: "memory", descending: true }, [3, 2, 1, 4]],
    [{ column: "memory", descending: false }, [1, 2, 3, 4]],
    [{ column: "time", descending: true }, [1, 3, 4, 2]],
    [{ column: "command", descending: false }, [3, 1, 2, 4]],
  ])("sorts by %o with the unknown last", (sort, expected) => {
    expect(pids(sorted(rows, sort))).toEqual(expected);
  });

  it("goes through a column's orders and back to the default", () => {
    const first = nextSort(undefined, "memory");
    const second = nextSort(first, "memory");
    expect([first, second, nextSort(second, "memory")]).toEqual([
      { column: "memory", descending: true },
      { column: "memory", descending: false },
      undefined,
    ]);
    expect(nextSort(first, "user")).toEqual({ column: "user", descending: false });
  });
});

describe("filter", () => {
  const everything = { scope: "all", text: "", gpuId: undefined } as const;

  it("narrows by owner, GPU and text in any case", () => {
    expect(pids(filtered(rows, everything))).toEqual([3, 1, 2, 4]);
    expect(pids(filtered(rows, { ...everything, scope: "mine" }))).toEqual([1, 2]);
    expect(pids(filtered(rows, { ...everything, scope: "gpu", gpuId: "nvidia 1" }))).toEqual([3, 2]);
    expect(pids(filtered(rows, { ...everything, text: " zeb" }))).toEqual([3]);
    expect(pids(filtered(rows, { ...everything, text: "BEE" }))).toEqual([2]);
    expect(pids(filtered(rows, { ...everything, text: "(" }))).toEqual([]);
  });
});

describe("rows under the pointer", () => {
  it("keeps places: news in place, newcomers last, the gone marked", () => {
    const before = sorted(rows, undefined);
    const after = rowsOf(
      report({
        processes: [
          process(9, { user: "mara", memoryBytes: 90 * GIB }),
          process(3, { user: "bob", memoryBytes: 31 * GIB, gpuIndex: 1 }),
        ],
      }),
      "mara",
    );
    const shown = held(before, after);
    expect(shown.map((row) => [row.pid, row.ended])).toEqual([
      [2, true],
      [1, true],
      [3, false],
      [4, true],
      [9, false],
    ]);
    expect(shown[2]?.memoryBytes).toBe(31 * GIB);
  });

  it("tells a process apart on each of its GPUs, and from its twin", () => {
    const twins = rowsOf(report({ processes: [process(1), process(1), process(1, { gpuIndex: 1 })] }), undefined);
    expect(new Set(twins.map((row) => row.key)).size).toBe(3);
  });
});
