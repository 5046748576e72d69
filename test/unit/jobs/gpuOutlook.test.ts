import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { freeMsOf } from "../../../src/core/jobs/gpus/freeMs";
import { fitsNow, outlook } from "../../../src/core/jobs/gpus/outlook";
import { rankHosts } from "../../../src/core/jobs/gpus/rank";
import { jobsOfTickets, parseTickets, type Ticket } from "../../../src/core/jobs/gpus/tickets";
import type { Gpu, GpuProcess, GpuReport, Warning } from "../../../src/shared/gpu";
import { isFree } from "../../../src/shared/gpuUse";
import { JobSchema } from "../../../src/shared/jobs";

const gib = 2 ** 30;
const gpu = (index: number, more: Partial<Gpu> = {}): Gpu => ({
  vendor: "nvidia",
  index,
  uuid: `GPU-${index}`,
  memoryUsedBytes: 0,
  memoryTotalBytes: 80 * gib,
  utilizationPercent: 0,
  ...more,
});
const on = (index: number, user: string, more: Partial<GpuProcess> = {}): GpuProcess => ({
  gpuUuid: `GPU-${index}`,
  pid: 100 + index,
  user,
  memoryBytes: 40 * gib,
  ...more,
});
const reportOf = (gpus: Gpu[], processes: GpuProcess[] = [], warnings: Warning[] = []): GpuReport => ({
  gpus,
  processes,
  warnings,
});
const any = (count: number, memoryBytes?: number) =>
  ({ kind: "any", count, queue: true, ...(memoryBytes === undefined ? {} : { memoryBytes }) }) as const;
const line = (state: string, seconds: number, gpus: string, user: string, wish = "any-1-0") =>
  `- 1-${seconds}-000000001-0a1b-5-${wish} ${state} m1 job-${seconds} ${state === "holding" ? seconds : 0} ${gpus} ${user}\n`;
const ticketsOf = (...lines: string[]): readonly Ticket[] => parseTickets(lines.join(""));

describe("the outlook for a job", () => {
  test("names what is free, and for how long where that is known", () => {
    const report = reportOf([gpu(0, { memoryUsedBytes: 40 * gib }), gpu(1), gpu(2)], [on(0, "alice")]);
    expect(outlook(report, [], any(1)).sentence).toBe("GPU 1 is free.");
    const seen = outlook(report, [], any(1), () => 12 * 60_000);
    expect(seen).toMatchObject({ chosen: [{ gpu: { index: 1 }, freeMs: 720_000 }], wanted: 1, ahead: 0 });
    expect(seen.sentence).toBe("GPU 1 has been free for 12 min.");
    expect(outlook(report, [], any(2)).sentence).toBe("GPUs 1 and 2 are free.");
    expect(fitsNow(seen)).toBe(true);
  });

  test("says who has the others", () => {
    const report = reportOf(
      [0, 1, 2].map((at) => gpu(at)),
      [on(0, "alice"), on(1, "bob"), on(2, "alice")],
    );
    const seen = outlook(report, [], any(2));
    expect(seen.sentence).toBe("All 3 GPUs are taken; alice has 2, bob has 1.");
    expect(seen.held.map(({ why, users }) => [why, ...users])).toEqual([
      ["computes", "alice"],
      ["computes", "bob"],
      ["computes", "alice"],
    ]);
    expect(outlook(reportOf([gpu(0), gpu(1)], [on(0, "alice")]), [], any(2)).sentence).toBe(
      "Of 2 GPUs that it needs 1 is free; alice has 1.",
    );
    expect(outlook(reportOf([gpu(0)], [on(0, "a\u001b[31m")]), [], any(1)).sentence).not.toContain("\u001b");
  });

  test("knows why each is taken", () => {
    const warning: Warning = { reason: "gpuNeedsReset", message: "", gpuIndex: 3, vendor: "nvidia" };
    const report = reportOf(
      [
        gpu(0, { memoryUsedBytes: 2 * gib }),
        gpu(1, { utilizationPercent: 50 }),
        { vendor: "nvidia", index: 2, utilizationPercent: 0 },
        gpu(3),
      ],
      [],
      [warning],
    );
    const seen = outlook(report, [], any(1));
    expect(seen.held.map(({ why }) => why)).toEqual(["memory", "utilization", "unknown", "broken"]);
    expect(seen.sentence).toBe("All 4 GPUs are taken; somebody has 2, 1 cannot be read, 1 cannot be used.");
  });

  test("agrees with isFree where no ticket is about", () => {
    const amounts = [undefined, 0, gib - 1, gib, 1.6 * gib, 2 * gib];
    const percents = [undefined, 0, 4, 5, 100];
    const gpus = amounts.flatMap((memoryUsedBytes) =>
      percents.map((utilizationPercent) => ({ memoryUsedBytes, utilizationPercent })),
    );
    const all = gpus.map(
      ({ memoryUsedBytes, utilizationPercent }, index): Gpu => ({
        vendor: "nvidia",
        index,
        memoryTotalBytes: 80 * gib,
        ...(memoryUsedBytes === undefined ? {} : { memoryUsedBytes }),
        ...(utilizationPercent === undefined ? {} : { utilizationPercent }),
      }),
    );
    const report = reportOf(all, [
      { gpuIndex: 7, pid: 1 },
      { gpuIndex: 8, pid: 2, type: "G" },
    ]);
    const { chosen } = outlook(report, [], any(all.length));
    expect(chosen.map((choice) => choice.gpu.index)).toEqual(
      all.filter((one) => isFree(one, report)).map(({ index }) => index),
    );
    expect(chosen.length).toBeGreaterThan(3);
  });

  test("respects tickets: who holds, and who waits first", () => {
    const report = reportOf([gpu(0), gpu(1)]);
    const tickets = ticketsOf(
      line("holding", 1_795_000_000, "0:GPU-0", "bob"),
      line("waiting", 1_795_000_001, "-", "eve"),
    );
    const seen = outlook(report, tickets, any(1));
    expect(seen).toMatchObject({ chosen: [{ gpu: { index: 1 } }], ahead: 1 });
    expect(seen.held).toMatchObject([{ why: "ticket", users: ["bob"], since: "2026-11-18T11:06:40Z" }]);
    expect(seen.sentence).toBe("GPU 1 is free, but 1 job waits for it first.");
    expect(fitsNow(seen)).toBe(false);
    expect(outlook(report, tickets, any(2)).sentence).toBe(
      "Of 2 GPUs that it needs 1 is free; bob has 1; 1 job waits first.",
    );
  });

  test("GPUs of the same UUID are told apart by the index", () => {
    const report = reportOf([gpu(0, { uuid: "GPU-x" }), gpu(1, { uuid: "GPU-x" })]);
    const held = ticketsOf(line("holding", 1_795_000_000, "1:-", "bob"));
    expect(outlook(report, held, any(2)).chosen.map((choice) => choice.gpu.index)).toEqual([0]);
  });

  test("a divided GPU stands for its slices, for jobs of one GPU", () => {
    const slice = (id: string, memoryUsedBytes: number) => ({
      id,
      profile: "1g.10gb",
      uuid: `MIG-${id}`,
      memoryUsedBytes,
      memoryTotalBytes: 10 * gib,
    });
    const divided = gpu(0, { mig: { enabled: true, instances: [slice("7", 0), slice("8", 0), slice("9", 4 * gib)] } });
    const report = reportOf([divided], [on(0, "dave", { migId: "7" })]);
    const seen = outlook(report, [], any(1));
    expect(seen.chosen).toMatchObject([{ slice: { uuid: "MIG-8" } }]);
    expect(seen.sentence).toBe("GPU 0 (slice 1g.10gb) is free.");
    expect(outlook(report, ticketsOf(line("holding", 1_795_000_000, "0:MIG-8", "bob")), any(1)).chosen).toEqual([]);
    expect(outlook(report, [], any(2))).toMatchObject({ impossible: true });
    expect(outlook(report, [], { kind: "these", ids: ["0"], queue: false }).sentence).toBe("There is no GPU 0.");
  });

  test("what can never be is said", () => {
    const report = reportOf([gpu(0), gpu(1, { memoryTotalBytes: 24 * gib })]);
    expect(outlook(report, [], any(3)).sentence).toBe("The job needs 3 GPUs, and there are 2 for it.");
    expect(outlook(report, [], any(2, 40 * gib))).toMatchObject({ impossible: true, chosen: [{ gpu: { index: 0 } }] });
    expect(outlook(report, [], { kind: "these", ids: ["1", "GPU-9"], queue: true })).toMatchObject({
      impossible: true,
      sentence: "There is no GPU GPU-9.",
    });
    expect(outlook(report, [], { kind: "none" })).toMatchObject({ wanted: 0, chosen: [], sentence: "It uses no GPU." });
  });

  test("a choice that does not wait is had at once, and says from whom", () => {
    const report = reportOf([gpu(0), gpu(1)], [on(1, "alice")]);
    const seen = outlook(report, ticketsOf(line("waiting", 1_795_000_000, "-", "eve")), {
      kind: "these",
      ids: ["GPU-1"],
      queue: false,
    });
    expect(seen.sentence).toBe("It starts at once on GPU 1, although alice has 1.");
    expect(fitsNow(seen)).toBe(true);
  });
});

describe("tickets as the client reads them", () => {
  test("other users' become jobs; what is no ticket is left out", () => {
    const tickets = ticketsOf(
      line("waiting", 1_795_000_000, "-", "eve", "any-2-40000"),
      "mine 1-1795000001-000000001-0a1b-6-any-1-0 waiting m1 own 0 - me\n",
      line("claiming", 1_795_000_002, "3:GPU-3", "user 1002"),
      line("holding", 1_795_000_003, "0:GPU-0,-:GPU-1,2:-,x;y", "bob", "these-3-0"),
      "- 1-99-0-x-5-any-1-0 waiting m1 job 0 - eve\nnonsense\n",
    );
    expect(tickets.map(({ state, count, memoryBytes }) => [state, count, memoryBytes])).toEqual([
      ["waiting", 2, 40_000 * 2 ** 20],
      ["waiting", 1, undefined],
      ["waiting", 1, undefined],
      ["holding", 3, undefined],
    ]);
    const jobs = jobsOfTickets(tickets);
    expect(jobs).toMatchObject([
      { user: "eve", state: "queued", reason: "waitingForGpus", ahead: 0, name: "a job for 2 GPUs with 42 GB" },
      { user: "user 1002", state: "queued", ahead: 2 },
      { user: "bob", state: "running", gpus: [{ index: 0, uuid: "GPU-0" }, { uuid: "GPU-1" }, { index: 2 }] },
    ]);
    for (const job of jobs) expect(v.safeParse(JobSchema, job).success).toBe(true);
  });
});

test("a GPU has been free since the first of the samples that all show it so", () => {
  const history = {
    times: [1000, 2000, 3000, 4000],
    gpus: [
      {
        vendor: "nvidia",
        index: 0,
        utilizationPercent: [90, null, 0, 1],
        memoryUsedBytes: [0, 0, 0, 0],
        powerWatts: [],
        temperatureCelsius: [],
        throttled: [],
        memoryByUser: {},
      },
    ],
  };
  expect(freeMsOf(history, 10_000)(gpu(0))).toBe(8000);
  expect(freeMsOf(history, 10_000)(gpu(1))).toBeUndefined();
  expect(freeMsOf({ ...history, times: [] }, 10_000)(gpu(0))).toBeUndefined();
});

test("hosts are tried where the job begins at once, then where least is before it", () => {
  const host = (name: string, gpus: Gpu[], waiting: number, freeMs?: number) => ({
    name,
    outlook: outlook(
      reportOf(gpus),
      ticketsOf(...Array.from({ length: waiting }, (_, at) => line("waiting", 1_795_000_000 + at, "-", "eve"))),
      any(1),
      () => freeMs,
    ),
  });
  const busy = [gpu(0, { memoryUsedBytes: 9 * gib })];
  const hosts = [
    host("none", [], 0),
    host("long", busy, 3),
    host("short", busy, 1),
    host("free", [gpu(0)], 0, 1000),
    host("idle", [gpu(0)], 0, 5000),
    host("queue", [gpu(0)], 1),
  ];
  expect(rankHosts(hosts).map(({ name }) => name)).toEqual(["idle", "free", "queue", "short", "long"]);
});
