import { describe, expect, it } from "vitest";
import { Emitter } from "../../../../src/core/event";
import { Failure } from "../../../../src/core/failure";
import type { GpuWatch, Sample } from "../../../../src/core/gpu/watch";
import type { HostJobs, LogSink } from "../../../../src/core/jobs/jobs";
import type { HostRef } from "../../../../src/core/ports";
import type { ExplainedJob } from "../../../../src/core/tensors/explainJob";
import { createGpuLife, type GpuLife } from "../../../../src/features/jobs/gpuLife";
import { createJobSession } from "../../../../src/features/jobs/jobSession";
import { JobPanelApi } from "../../../../src/shared/jobPanel";
import type { Job } from "../../../../src/shared/jobs";
import { dispatch, type NotificationHandlers } from "../../../../src/shared/protocol";
import type { Explanation } from "../../../../src/shared/tensors";
import { createManualClock } from "../../../mocks/manualClock";
import { jobContents, runningJob } from "../../../webview/jobSamples";
import { report } from "../../../webview/samples";

const host: HostRef = { name: "lab1" };

const explanation: Explanation = {
  kind: "matmul",
  framework: "torch",
  summary: "fc2 needs 512 features and got 784.",
  message: "mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)",
  operands: [{ name: "h", shape: [32, null], clash: [1] }],
  layers: [
    { path: "", type: "Net" },
    { path: "fc2", type: "Linear", sizes: "in_features=512" },
  ],
  rule: "The inner sizes have to be the same.",
  fixes: [{ text: "pass h through fc1" }],
  confidence: 0.4,
  location: { file: "model.py", line: 41, column: 4 },
  others: 0,
};

/** A service with one job, and everything that the page is told. Every message has to fit the protocol as it crosses the wire. */
function stage(job: Job = runningJob) {
  const told: { method: string; params: never }[] = [];
  const looks = new Set<number>();
  const watches: { beat: number; disposed: boolean }[] = [];
  const changes = new Emitter<HostRef>();
  const samples = new Emitter<Sample>();
  const clock = createManualClock();
  let life: GpuLife | undefined;
  let known: HostJobs = { isReading: false, jobs: [job] };
  let sink: LogSink | undefined;
  let settle: { resolve(job: Job): void; reject(error: unknown): void } | undefined;
  let getFails: Failure | undefined;
  let contentsRead = 0;
  let explains: () => Promise<ExplainedJob | undefined> = async () => undefined;
  const session = createJobSession(
    host,
    job.id,
    {
      jobs: {
        state: () => known,
        onChange: changes.event,
        look() {
          const look = Math.random();
          looks.add(look);
          return { dispose: () => void looks.delete(look) };
        },
        async get() {
          if (getFails) throw getFails;
          return { job, settings: "no settings of ours" };
        },
        follow: (_host, _id, _from, to, signal) =>
          new Promise((resolve, reject) => {
            sink = to;
            settle = { resolve, reject };
            signal.addEventListener("abort", () => reject(new Error("aborted")));
          }),
        readLog: async () => new Uint8Array(),
        logIndex: async () => [],
      },
      gpuLives: {
        of: (_host, { gpus = [] }) => {
          life ??= createGpuLife(gpus);
          return life;
        },
      },
      gpus: {
        watch(_host, beat) {
          const own = { beat, disposed: false };
          watches.push(own);
          const watch: Partial<GpuWatch> = {
            history: () => ({ times: [], gpus: [] }),
            onSample: samples.event,
            onProblem: () => ({ dispose() {} }),
            problem: () => undefined,
            setBeat(next) {
              own.beat = next;
            },
            dispose() {
              own.disposed = true;
            },
          };
          return watch as GpuWatch;
        },
      },
      readers: {
        output() {
          let bytes = 0;
          return {
            feed(chunk) {
              bytes += chunk.length;
            },
            gap() {},
            progress: () => (bytes === 0 ? undefined : { done: bytes, total: 1000, fraction: bytes / 1000 }),
            metrics: () => [{ name: "loss", axis: "step", points: [[1, Number.NaN]] }],
            alarms: () => ({ brokenLoss: { name: "loss", value: Number.POSITIVE_INFINITY } }),
          };
        },
        cause: (ended, tail) => ({ message: `${ended.reason}: ${tail}` }),
      },
      clock,
      gpuBeatMs: () => 1000,
      explain: () => explains(),
      attachArgv: () => ["tmux", "attach", "-t", "=x"],
      async contents() {
        contentsRead++;
        return jobContents;
      },
    },
    (method, params) => {
      const handlers = { [method]: (checked: never) => void told.push({ method, params: checked }) };
      const wire = method === "logBytes" ? params : JSON.parse(JSON.stringify(params));
      const refused = dispatch(JobPanelApi, handlers, { method, params: wire });
      if (refused) throw new Error(refused);
    },
  );
  return {
    session,
    looks,
    watches,
    clock,
    samples,
    contentsRead: () => contentsRead,
    explainWith(explain: typeof explains) {
      explains = explain;
    },
    failGet: (failure: Failure | undefined) => {
      getFails = failure;
    },
    print: (text: string) => sink?.data(new TextEncoder().encode(text)),
    sink: () => sink,
    end: (ended: Job) => settle?.resolve(ended),
    change(next: HostJobs) {
      known = next;
      changes.fire(host);
    },
    settled: () => new Promise<void>((resolve) => setTimeout(resolve, 0)),
    last<M extends keyof NotificationHandlers<typeof JobPanelApi>>(
      method: M,
    ): Parameters<NotificationHandlers<typeof JobPanelApi>[M]>[0] {
      const found = told.findLast((message) => message.method === method);
      if (!found) throw new Error(`${method} was not told`);
      return found.params;
    },
    count: (method: string) => told.filter((message) => message.method === method).length,
  };
}

describe("a job's session", () => {
  it("tells the job, its log and what was read from it, and no settings that it cannot read", async () => {
    const { session, clock, ...seen } = stage({ ...runningJob, logBytes: 0 });
    session.show();
    await seen.settled();
    seen.print("450/1000");
    clock.advance(250);
    expect(seen.last("state")).toMatchObject({
      host: "lab1",
      job: { id: runningJob.id, state: "running" },
      progress: { done: 8, fraction: 0.008 },
      brokenLoss: { name: "loss", value: "Infinity" },
    });
    expect(seen.last("settings")).toEqual({ attach: "tmux attach -t '=x'" });
    expect(new TextDecoder().decode(seen.last("logBytes").bytes)).toBe("450/1000");
  });

  it("says no more than four states and ten pieces of log a second, however much comes", async () => {
    const { session, clock, ...seen } = stage({ ...runningJob, logBytes: 0 });
    session.show();
    await seen.settled();
    const [states, pieces] = [seen.count("state"), seen.count("logBytes")];
    for (let at = 0; at < 1000; at++) {
      seen.print("x\n");
      clock.advance(1);
    }
    expect(seen.count("state") - states).toBeLessThanOrEqual(5);
    expect(seen.count("logBytes") - pieces).toBeLessThanOrEqual(11);
  });

  it("tells metrics only to who looks at them, with NaN as a word", async () => {
    const { session, clock, ...seen } = stage();
    session.show();
    await seen.settled();
    seen.print("loss: nan\n");
    clock.advance(2000);
    expect(seen.count("metrics")).toBe(0);
    session.look("metrics");
    expect(seen.last("metrics")).toEqual({ series: [{ name: "loss", axis: "step", points: [[1, "NaN"]] }], from: 0 });
  });

  it("gives its reasons to look back when the page is hidden, and takes them again", async () => {
    const { session, looks, watches, ...seen } = stage();
    session.show();
    await seen.settled();
    expect([looks.size, watches.map(({ beat }) => beat)]).toEqual([1, [30_000]]);
    session.look("gpu");
    expect(watches.map(({ beat }) => beat)).toEqual([1000]);
    session.hide();
    expect([looks.size, watches.every(({ disposed }) => disposed)]).toEqual([0, true]);
    const before = seen.count("state");
    seen.change({ isReading: false, jobs: [runningJob] });
    expect(seen.count("state")).toBe(before);
    session.show();
    await seen.settled();
    expect([looks.size, watches.length]).toEqual([1, 2]);
  });

  it("shows readings of the job's GPUs alone, and a gap where nobody looked", async () => {
    const { session, samples, clock, ...seen } = stage();
    session.show();
    await seen.settled();
    session.look("gpu");
    const sample = (time: number) => samples.fire({ time, report: report(), whole: true });
    sample(1000);
    sample(2000);
    session.hide();
    session.show();
    await seen.settled();
    session.look("gpu");
    sample(99_000);
    clock.advance(1000);
    const { times, gpus } = seen.last("gpus");
    expect(times).toEqual([1000, 2000, 2001, 99_000]);
    expect(gpus.map(({ index, utilizationPercent }) => [index, utilizationPercent])).toEqual([
      [1, [98, 98, null, 98]],
      [2, [null, null, null, null]],
    ]);
  });

  it("tells once how tensors ended it, with the file where its host has it", async () => {
    const { session, clock, settled, last, end, explainWith } = stage();
    const asked: string[] = [];
    explainWith(async () => {
      asked.push("explain");
      return { explanation, records: [], folder: "/home/me/project" };
    });
    session.show();
    await settled();
    expect(asked).toEqual([]);
    end({ ...runningJob, state: "failed", exitCode: 1, reason: "exitCode" });
    await settled();
    clock.advance(1000);
    expect(last("state").explanation).toMatchObject({
      summary: "fc2 needs 512 features and got 784.",
      operands: [{ name: "h", shape: [32, null], clash: [1] }],
      layers: ["Net", "fc2: Linear(in_features=512)"],
      location: { file: "/home/me/project/model.py", line: 41, column: 4 },
      fixes: ["pass h through fc1"],
      isGuess: true,
    });
    session.hide();
    session.show();
    await settled();
    expect(asked).toEqual(["explain"]);
    session.dispose();
  });

  it("asks again for an explanation that could not be read", async () => {
    const { session, settled, explainWith } = stage({ ...runningJob, state: "failed", exitCode: 1 });
    let asked = 0;
    explainWith(async () => {
      asked++;
      throw new Failure({ reason: "deadline", what: "reading", seconds: 10 });
    });
    session.show();
    await settled();
    session.hide();
    session.show();
    await settled();
    expect(asked).toBe(2);
    expect(session.explained()).toBeUndefined();
    session.dispose();
  });

  it("tells the cause of death from the end of the output", async () => {
    const { session, clock, ...seen } = stage({ ...runningJob, logBytes: 0 });
    session.show();
    await seen.settled();
    seen.print("CUDA out of memory");
    seen.end({ ...runningJob, state: "failed", reason: "gpuOutOfMemory" });
    await seen.settled();
    clock.advance(250);
    expect(seen.last("state")).toMatchObject({
      job: { state: "failed" },
      cause: { message: "gpuOutOfMemory: CUDA out of memory" },
    });
  });

  it("says why it cannot be read, and reads again when asked", async () => {
    const { session, clock, ...seen } = stage();
    seen.failGet(new Failure({ reason: "jobUnknown", host: "lab1", id: "7" }));
    session.show();
    await seen.settled();
    clock.advance(250);
    expect(seen.last("state").problem?.reason).toBe("jobUnknown");
    seen.failGet(undefined);
    session.retry();
    await seen.settled();
    clock.advance(250);
    expect(seen.last("state").problem).toBeUndefined();
    expect(seen.last("state").job?.id).toBe(runningJob.id);
  });

  it("reads again by itself when the host is back, but not for a job that is none", async () => {
    for (const [reason, again] of [
      ["connectionLost", true],
      ["jobUnknown", false],
    ] as const) {
      const { session, clock, ...seen } = stage();
      seen.failGet(
        reason === "jobUnknown"
          ? new Failure({ reason, host: "lab1", id: "7" })
          : new Failure({ reason, host: "lab1" }),
      );
      session.show();
      await seen.settled();
      seen.failGet(undefined);
      seen.change({ isReading: false, jobs: [runningJob] });
      await seen.settled();
      clock.advance(250);
      expect(seen.last("state").problem === undefined).toBe(again);
    }
  });

  it("says that following was interrupted and when it goes on", async () => {
    const { session, clock, ...seen } = stage();
    session.show();
    await seen.settled();
    seen.sink()?.interrupted?.({ reason: "jobUnknown", host: "lab1", id: "7" });
    clock.advance(250);
    expect(seen.last("state").interrupted?.reason).toBe("jobUnknown");
    seen.sink()?.resumed?.();
    clock.advance(250);
    expect(seen.last("state").interrupted).toBeUndefined();
  });

  it("reads the job's folder only for who looks at it, once", async () => {
    const { session, ...seen } = stage();
    session.show();
    await seen.settled();
    expect(seen.contentsRead()).toBe(0);
    session.look("files");
    await seen.settled();
    expect(seen.last("contents")).toEqual({ kind: "read", contents: jobContents });
    session.look("settings");
    expect(seen.contentsRead()).toBe(1);
    session.readContents();
    expect(seen.contentsRead()).toBe(2);
  });

  it("offers the addresses that the job says it serves, even where they arrive in two pieces", async () => {
    const { session, clock, ...seen } = stage();
    session.show();
    await seen.settled();
    seen.print("TensorBoard 2.19.0 at http://local");
    seen.print("host:6006/ (Press CTRL+C to quit)\nhttp://evil.example:80/ http://localhost:99999/\n");
    clock.advance(250);
    expect(seen.last("state").ports).toEqual([{ port: 6006, url: "http://localhost:6006/" }]);
  });
});
