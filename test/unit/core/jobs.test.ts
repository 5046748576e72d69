import { expect, it } from "vitest";
import { noOverlay } from "../../../src/core/environments/overlay";
import { Emitter } from "../../../src/core/event";
import { Failure, type Problem } from "../../../src/core/failure";
import { createJobs } from "../../../src/core/jobs/createJobs";
import type { LogTail } from "../../../src/core/jobs/jobs";
import type { JobParts } from "../../../src/core/jobs/parts";
import type { JobRequest } from "../../../src/core/jobs/request";
import { type JobNews, newsReader } from "../../../src/core/jobs/watchJobs";
import { silentLogger } from "../../../src/core/logger";
import type { HostRef } from "../../../src/core/ports";
import type { RemoteCommand } from "../../../src/core/remote";
import type { HostState } from "../../../src/shared/host";
import type { Job } from "../../../src/shared/jobs";
import { createLocalRunner } from "../../mocks/localRunner";
import { createManualClock } from "../../mocks/manualClock";

const host: HostRef = { name: "lab1" };
const noAbort = new AbortController().signal;
const never = () => {
  throw new Error("not asked for");
};
const jobOf = (id: string, more: Partial<Job> = {}): Job => ({
  id,
  name: "train.py",
  state: "running",
  submittedAt: "2026-01-01T00:00:00Z",
  backend: "process",
  ...more,
});
const request: JobRequest = {
  id: "a1",
  name: "train.py",
  backend: "process",
  argv: ["python", "train.py"],
  folder: "~",
  overlay: noOverlay,
  variables: {},
  secrets: {},
  gpus: { kind: "none" },
};
const nothing: JobNews = { jobs: [], gone: [], tails: [], whole: false };

/** A service whose host answers as the test says. */
function service(answers: Partial<Record<"submit" | "look" | "list", (() => unknown)[]>> = {}) {
  const clock = createManualClock();
  const states = new Emitter<{ host: HostRef; state: HostState }>();
  const asked: string[] = [];
  const leases: string[] = [];
  const watches: { tell(news: Partial<JobNews>): void; fail(problem: Problem): void; signal: AbortSignal }[] = [];
  const command = <T>(what: "submit" | "look" | "list", detail = ""): RemoteCommand<T> => ({
    what,
    argv: ["true"],
    deadlineMs: 10_000,
    parse() {
      asked.push(`${what}${detail}`);
      return (answers[what]?.shift() ?? never)() as T;
    },
  });
  const parts: JobParts = {
    backends: [],
    submitCommand: ({ id }) => command("submit", ` ${id}`),
    lookCommand: (id, action) => command("look", ` ${id}${action ? ` ${action}` : ""}`),
    listCommand: () => command("list"),
    removeCommand: never,
    readLogCommand: never,
    logIndexCommand: never,
    followLog: never,
    watchJobs: (_clock, _runner, onNews, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Failure({ reason: "cancelled" })));
        watches.push({
          tell: (news) => onNews({ ...nothing, ...news }),
          fail: (problem) => reject(new Failure(problem)),
          signal,
        });
      }),
  };
  const runner = createLocalRunner();
  const jobs = createJobs({
    acquire: (of, { quiet = false } = {}) => {
      leases.push(quiet ? "quiet" : "asking");
      return {
        host: of,
        connected: async () => runner,
        dispose: () => void leases.splice(leases.indexOf(quiet ? "quiet" : "asking"), 1),
      };
    },
    onState: states.event,
    parts: () => parts,
    clock,
    log: silentLogger,
  });
  return { jobs, clock, states, asked, leases, watches };
}

/** Looks after each round of events until it is so. */
async function until(so: () => boolean, meanwhile = () => {}): Promise<void> {
  while (!so()) {
    meanwhile();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const fails = (problem: Problem) => () => {
  throw new Failure(problem);
};

it("submits again after a lost connection, and looks up what became of a submission without answer", async () => {
  const lost = fails({ reason: "connectionLost", host: "lab1" });
  const late = fails({ reason: "deadline", what: "submitting a job", seconds: 120 });
  const found = service({ submit: [lost, late], look: [() => ({ job: jobOf("a1") })] });
  const submitted = found.jobs.submit(host, request, noAbort);
  await until(
    () => found.asked.length === 3,
    () => found.clock.advance(1000),
  );
  expect(await submitted).toMatchObject({ id: "a1", state: "running" });
  expect(found.asked).toEqual(["submit a1", "submit a1", "look a1"]);

  const missing = service({ submit: [late], look: [fails({ reason: "jobUnknown", host: "", id: "a1" })] });
  await expect(missing.jobs.submit(host, request, noAbort)).rejects.toMatchObject({ problem: { reason: "deadline" } });
});

it("says which host a command found wanting", async () => {
  const { jobs } = service({ look: [fails({ reason: "jobUnknown", host: "", id: "a1" })] });
  await expect(jobs.get(host, "a1", noAbort)).rejects.toMatchObject({
    problem: { reason: "jobUnknown", host: "lab1", id: "a1" },
  });
});

it("looks again after it told a job to stop, and tells it once more when that takes long", async () => {
  const running = () => ({ job: jobOf("a1") });
  const { jobs, clock, asked } = service({
    look: [...Array.from({ length: 11 }, () => running), () => ({ job: jobOf("a1", { state: "stopped" }) })],
  });
  const stopped = jobs.stop(host, "a1", noAbort);
  await until(
    () => asked.length === 12,
    () => clock.advance(1000),
  );
  expect((await stopped).state).toBe("stopped");
  expect(asked.map((word, at) => (word.endsWith("stop") ? at : -1)).filter((at) => at >= 0)).toEqual([0, 10]);
});

it("watches a host once for all who look, asking for questions only where somebody may be asked", async () => {
  const { jobs, leases, watches } = service();
  const quiet = jobs.look(host, { quiet: true });
  await until(() => watches.length === 1);
  expect(leases).toEqual(["quiet"]);
  const asking = jobs.look(host);
  expect(leases).toEqual(["asking"]);
  asking.dispose();
  expect(watches[0]?.signal.aborted).toBe(false);
  quiet.dispose();
  expect(watches[0]?.signal.aborted).toBe(true);
  expect(leases).toEqual([]);
  expect(watches).toHaveLength(1);
});

it("knows nothing before the first round is whole, and every change after it; bytes told twice come once", async () => {
  const { jobs, watches } = service();
  const tails: LogTail[] = [];
  jobs.onTail((tail) => tails.push(tail));
  jobs.look(host);
  await until(() => watches.length === 1);
  watches[0]?.tell({ jobs: [jobOf("a1")] });
  expect(jobs.state(host)).toEqual({ isReading: true });
  watches[0]?.tell({ jobs: [jobOf("b2", { submittedAt: "2026-01-02T00:00:00Z" })], whole: true });
  expect(jobs.state(host).jobs?.map(({ id }) => id)).toEqual(["b2", "a1"]);
  expect(jobs.state(host)).toMatchObject({ isReading: false, readAt: Date.UTC(2026, 0, 1) });
  watches[0]?.tell({ jobs: [jobOf("a1", { state: "failed" })], gone: ["b2"] });
  expect(jobs.state(host).jobs).toMatchObject([{ id: "a1", state: "failed" }]);
  const bytes = (text: string) => Uint8Array.from(Buffer.from(text));
  watches[0]?.tell({ tails: [{ id: "a1", from: 0, bytes: bytes("one ") }] });
  watches[0]?.tell({ tails: [{ id: "a1", from: 2, bytes: bytes("e two") }] });
  expect(tails.map((tail) => [Buffer.from(tail.bytes).toString(), tail.logBytes])).toEqual([
    ["one ", 4],
    ["two", 7],
  ]);
  expect(jobs.state(host).jobs?.[0]?.logBytes).toBe(7);
});

it("keeps apart what is told besides: own jobs that a scheduler knows, and those of others", async () => {
  const { jobs, watches } = service();
  jobs.look(host);
  await until(() => watches.length === 1);
  const own = jobOf("slurm-7", { backend: "slurm", submittedAt: "2026-01-03T00:00:00Z" });
  const theirs = jobOf("ticket-1", { user: "bob" });
  watches[0]?.tell({ jobs: [jobOf("a1")], whole: true, besides: { jobs: [own], others: [theirs] } });
  expect(jobs.state(host).jobs?.map(({ id }) => id)).toEqual(["slurm-7", "a1"]);
  expect(jobs.state(host).others).toEqual([theirs]);
  watches[0]?.tell({ besides: { jobs: [], others: [] } });
  expect(jobs.state(host).jobs?.map(({ id }) => id)).toEqual(["a1"]);
  expect(jobs.state(host).others).toEqual([]);
});

it("watches again after an interruption; after anything else when the host is there again, and says why till then", async () => {
  const { jobs, clock, states, watches } = service();
  jobs.look(host);
  await until(() => watches.length === 1);
  watches[0]?.fail({ reason: "connectionLost", host: "lab1" });
  await until(
    () => watches.length === 2,
    () => clock.advance(1000),
  );
  watches[1]?.fail({ reason: "unreadable", what: "news of the jobs", detail: "?" });
  await until(() => jobs.state(host).problem !== undefined);
  expect(jobs.state(host)).toMatchObject({ isReading: false, problem: { reason: "unreadable" } });
  states.fire({ host, state: { kind: "connected" } as HostState });
  await until(() => watches.length === 3);
  watches[2]?.tell({ whole: true });
  expect(jobs.state(host)).toMatchObject({ jobs: [], problem: undefined });
  jobs.dispose();
  expect(watches[2]?.signal.aborted).toBe(true);
});

const record =
  'a1 failed 3 - 2026-01-01T00:00:00Z - - exitCode 5 - - -\n{"name":"train.py","backend":"process"}\n-\n\n';
const besides = `${record}tickets\n- 1-1767225600-000000005-0000abcd-7-any-1-0 waiting m a1 0 - bob`;
const spoken = Buffer.concat([
  Buffer.from(`job\n${record}log a1 10 7\n`),
  Buffer.from([0, 10, 255, 106, 111, 98, 10]),
  Buffer.from(`gone b2\nwhole\nbesides ${besides.length}\n${besides}`),
]);

it.each([1, 2, 7, 1000])("reads what the host says in pieces of %i bytes", (size) => {
  const read = newsReader();
  const news: JobNews[] = [];
  for (let at = 0; at < spoken.length; at += size) news.push(read(spoken.subarray(at, at + size)));
  expect(news.flatMap(({ jobs }) => jobs)).toMatchObject([{ id: "a1", state: "failed", exitCode: 3 }]);
  expect(news.flatMap(({ tails }) => tails)).toEqual([
    { id: "a1", from: 10, bytes: Uint8Array.of(0, 10, 255, 106, 111, 98, 10) },
  ]);
  expect(news.flatMap(({ gone }) => gone)).toEqual(["b2"]);
  expect(news.filter(({ whole }) => whole)).toHaveLength(1);
  expect(news.flatMap(({ besides }) => besides ?? [])).toMatchObject([
    { jobs: [{ id: "a1" }], others: [{ user: "bob", state: "queued" }] },
  ]);
});

it.each([
  ["another word", "noise\n"],
  ["a place that is no number", "log a1 x 7\n"],
  ["more than is ever told at once", "log a1 0 999999999\n"],
  ["a line without end", "x".repeat(2 ** 20 + 1)],
])("refuses %s", (_what, text) => {
  expect(() => newsReader()(Buffer.from(text))).toThrow(Failure);
});
