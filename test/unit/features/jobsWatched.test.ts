import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Emitter } from "../../../src/core/event";
import type { HostJobs, LogTail } from "../../../src/core/jobs/jobs";
import { type HostRef, hostId } from "../../../src/core/ports";
import type { OutputReader } from "../../../src/features/jobs/jobReaders";
import { needsCause, newsWords } from "../../../src/features/jobs/newsWords";
import { createTails } from "../../../src/features/jobs/tails";
import { afterTelling, type News, newsOf, type WatchedJob, withWatched } from "../../../src/features/jobs/watched";
import { createWatchedFile } from "../../../src/features/jobs/watchedFile";
import { createJobWatcher, type JobWatcher } from "../../../src/features/jobs/watcher";
import type { HostState } from "../../../src/shared/host";
import type { Job } from "../../../src/shared/jobs";
import { createManualClock } from "../../mocks/manualClock";

const lab1: HostRef = { name: "lab1" };
const running: Job = {
  id: "j1",
  name: "train.py",
  state: "running",
  submittedAt: "2026-01-01T00:00:00Z",
  startedAt: "2026-01-01T00:00:00Z",
  backend: "process",
};
const failed: Job = { ...running, state: "failed", exitCode: 1, endedAt: "2026-01-01T00:12:00Z" };
const watched: WatchedJob = { host: lab1, id: "j1", name: "train.py", since: "2026-01-01T00:00:00.000Z", told: [] };
const seen = (jobs: readonly Job[], more: Partial<HostJobs> = {}): HostJobs => ({ jobs, isReading: false, ...more });

describe("what there is to say about a watched job", () => {
  it("is its end, whenever that was", () => {
    expect(newsOf(watched, { state: seen([failed]) }, undefined)).toEqual({ kind: "ended", job: failed });
    expect(newsOf(watched, { state: seen([running]) }, undefined)).toBeUndefined();
    expect(newsOf(watched, { state: { isReading: true } }, undefined)).toBeUndefined();
  });

  it("is a loss that is no number, and silence, each once", () => {
    const state = seen([running]);
    expect(newsOf(watched, { state, badLoss: "nan" }, 1000)).toMatchObject({ kind: "badLoss", value: "nan" });
    expect(newsOf({ ...watched, told: ["badLoss"] }, { state, badLoss: "nan" }, 1000)).toBeUndefined();
    expect(newsOf(watched, { state, silentMs: 999 }, 1000)).toBeUndefined();
    expect(newsOf(watched, { state, silentMs: 1000 }, 1000)).toMatchObject({ kind: "stalled", silentMs: 1000 });
    expect(newsOf({ ...watched, told: ["stalled"] }, { state, silentMs: 5000 }, 1000)).toBeUndefined();
    expect(newsOf(watched, { state, silentMs: 1e9 }, undefined)).toBeUndefined();
  });

  it("is nothing while it waits: silence is no trouble then", () => {
    expect(newsOf(watched, { state: seen([{ ...running, state: "queued" }]), silentMs: 1e9 }, 1000)).toBeUndefined();
  });

  it("is over without a word where somebody removed it, but not by a list from before it was there", () => {
    const since = Date.parse(watched.since);
    expect(newsOf(watched, { state: seen([], { readAt: since + 1000 }) }, 1)).toBeUndefined();
    expect(newsOf(watched, { state: seen([], { readAt: since + 120_000 }) }, 1)).toEqual({ kind: "gone" });
    const problem = { reason: "connectionLost", host: "lab1" } as const;
    expect(newsOf(watched, { state: seen([], { readAt: since + 120_000, problem }) }, 1)).toBeUndefined();
  });

  it("changes the list once: who comes second has nothing to tell", () => {
    const news: News = { kind: "badLoss", job: running, value: "nan" };
    const after = afterTelling([watched], watched, news);
    expect(after).toEqual([{ ...watched, told: ["badLoss"] }]);
    expect(after && afterTelling(after, watched, news)).toBeUndefined();
    expect(afterTelling([watched], watched, { kind: "ended", job: failed })).toEqual([]);
    expect(afterTelling([], watched, { kind: "ended", job: failed })).toBeUndefined();
    expect(withWatched([watched], { ...watched, told: ["stalled"] })).toEqual([watched]);
  });
});

describe("the words of a notification", () => {
  const end = (job: Job): Exclude<News, { kind: "gone" }> => ({ kind: "ended", job });
  const cause = { message: "The GPU ran out of memory.", advice: "Make the batch smaller." };

  it("say what happened, why and after how long", () => {
    expect(newsWords(watched, end({ ...failed, state: "succeeded" }), "all")).toEqual({
      severity: "information",
      text: "train.py finished on lab1 after 12 min.",
    });
    expect(newsWords(watched, end(failed), "all", cause)).toEqual({
      severity: "error",
      text: "train.py failed on lab1 after 12 min. The GPU ran out of memory. Make the batch smaller.",
    });
    expect(newsWords(watched, end(failed), "all", cause, "fc2 needs 512 features and got 784.")?.text).toBe(
      "train.py failed on lab1 after 12 min: fc2 needs 512 features and got 784.",
    );
    expect(newsWords(watched, end({ ...failed, state: "lost", message: "The host was restarted." }), "all")).toEqual({
      severity: "warning",
      text: "train.py was lost on lab1. The host was restarted.",
    });
    expect(newsWords(watched, { kind: "stalled", job: running, silentMs: 1_800_000 }, "all")?.text).toBe(
      "train.py on lab1 has printed nothing for 30 min. It still runs.",
    );
  });

  it("are left out as the setting says", () => {
    const fine = end({ ...failed, state: "succeeded" });
    expect(newsWords(watched, fine, "problems")).toBeUndefined();
    expect(newsWords(watched, end(failed), "problems")?.severity).toBe("error");
    expect(newsWords(watched, end(failed), "none")).toBeUndefined();
    expect([fine, end(failed)].map(needsCause)).toEqual([false, true]);
  });
});

/** The host's side, as a window sees it. */
function host() {
  const changes = new Emitter<HostRef>();
  const tails = new Emitter<LogTail>();
  const looks: { host: string; quiet: boolean }[] = [];
  let state: HostJobs = { isReading: false };
  let connection: HostState = { kind: "connected", since: 0 };
  return {
    looks,
    jobs: {
      state: () => state,
      onChange: changes.event,
      onTail: tails.event,
      look(ref: HostRef, options?: { quiet?: boolean }) {
        const look = { host: hostId(ref), quiet: options?.quiet === true };
        looks.push(look);
        return { dispose: () => void looks.splice(looks.indexOf(look), 1) };
      },
    },
    connection: () => connection,
    says(next: HostJobs) {
      state = next;
      changes.fire(lab1);
    },
    disconnects() {
      connection = { kind: "disconnected" };
      changes.fire(lab1);
    },
    prints: (text: string, logBytes: number) =>
      tails.fire({ host: lab1, id: "j1", logBytes, bytes: new TextEncoder().encode(text) }),
  };
}

/** Keeps what it was fed, word for word. */
function recorder(): OutputReader {
  let text = "";
  return {
    feed: (chunk) => {
      text += new TextDecoder().decode(chunk);
    },
    gap() {},
    progress: () => undefined,
    metrics: () => [],
    alarms: () => (text.includes("nan") ? { brokenLoss: { name: "loss", value: Number.NaN } } : {}),
  };
}

describe("watching", () => {
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const clock = createManualClock();
  let folder: string;
  const windows: JobWatcher[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tensorline-watched-"));
  });
  afterEach(() => {
    for (const window of windows.splice(0)) window.dispose();
    rmSync(folder, { recursive: true });
  });

  /** A window of the editor; `news` resolves with the next thing that it says. */
  function open(side = host(), stalledAfterMs: number | undefined = 60_000) {
    const told: string[] = [];
    const said = new Emitter<void>();
    const tails = createTails(side.jobs, { output: recorder }, clock);
    const watcher = createJobWatcher({
      jobs: side.jobs,
      tails,
      file: createWatchedFile(folder, silent),
      clock,
      connection: side.connection,
      exists: async ({ configFile }) => configFile === undefined,
      stalledAfterMs: () => stalledAfterMs,
      tell(_, { kind }) {
        told.push(kind);
        said.fire();
      },
      onError(error) {
        throw error;
      },
    });
    windows.push(watcher);
    const news = () =>
      new Promise<void>((resolve) => {
        const listening = said.event(() => {
          listening.dispose();
          resolve();
        });
      });
    /** The list was changed, by this window or by what it read. */
    const settled = () =>
      new Promise<void>((resolve) => {
        const listening = watcher.onChange(() => {
          listening.dispose();
          resolve();
        });
      });
    return { side, told, watcher, news, settled };
  }

  it("looks at the host quietly while a job is watched, and not a moment longer", async () => {
    const { side, watcher, told, settled } = open();
    await watcher.reload();
    expect(side.looks).toEqual([]);
    expect(clock.pending()).toEqual([]);
    await watcher.watch(lab1, running);
    expect(side.looks).toEqual([{ host: "lab1", quiet: true }]);
    const over = settled();
    side.says(seen([failed]));
    await over;
    expect(told).toEqual(["ended"]);
    expect(side.looks).toEqual([]);
    expect(JSON.parse(readFileSync(join(folder, "watchedJobs.json"), "utf8"))).toEqual({ version: 1, jobs: [] });
    expect(readdirSync(folder)).toEqual(["watchedJobs.json"]);
  });

  it("says of two windows only in one what happened", async () => {
    const [first, second] = [open(), open()];
    await first.watcher.watch(lab1, running);
    await second.watcher.reload();
    const both = Promise.all([first.settled(), second.settled()]);
    first.side.says(seen([failed]));
    second.side.says(seen([failed]));
    await both;
    expect([...first.told, ...second.told]).toEqual(["ended"]);
    expect([...first.side.looks, ...second.side.looks]).toEqual([]);
  });

  it("tells after a restart what ended meanwhile, once", async () => {
    const before = open();
    await before.watcher.watch(lab1, running);
    before.watcher.dispose();
    expect(before.side.looks).toEqual([]);
    const after = open();
    after.side.says(seen([failed]));
    const said = after.news();
    await after.watcher.reload();
    await said;
    const later = open();
    later.side.says(seen([failed]));
    await later.watcher.reload();
    expect([...before.told, ...after.told, ...later.told]).toEqual(["ended"]);
  });

  it("tells of the first bad loss while the job runs on", async () => {
    const { side, watcher, told, news } = open();
    await watcher.watch(lab1, running);
    side.says(seen([running]));
    const said = news();
    side.prints("loss 0.3\nloss nan\n", 18);
    await said;
    side.prints("loss nan\n", 27);
    const end = news();
    side.says(seen([failed]));
    await end;
    expect(told).toEqual(["badLoss", "ended"]);
  });

  it("tells of silence by the time since the last output, asking nobody", async () => {
    const { side, watcher, told, news } = open();
    await watcher.watch(lab1, running);
    side.says(seen([running]));
    clock.advance(50_000);
    side.prints("still here\n", 11);
    clock.advance(50_000);
    expect(told).toEqual([]);
    const said = news();
    clock.advance(10_000);
    await said;
    expect(told).toEqual(["stalled"]);
  });

  it("takes a lost connection for no silence of the job", async () => {
    const { side, watcher, told } = open();
    await watcher.watch(lab1, running);
    side.says(seen([running]));
    side.disconnects();
    clock.advance(600_000);
    expect(told).toEqual([]);
    expect(clock.pending()).toEqual([]);
  });

  it("leaves the hosts of a demo fleet that is over alone", async () => {
    const { side, watcher } = open();
    await watcher.watch({ name: "lab1", configFile: join(folder, "gone") }, running);
    expect(side.looks).toEqual([]);
    expect(watcher.list()).toHaveLength(1);
    clock.advance(31 * 24 * 3_600_000);
    await watcher.reload();
    expect(watcher.list()).toEqual([]);
  });

  it("begins anew where the file cannot be understood", async () => {
    writeFileSync(join(folder, "watchedJobs.json"), '{"version":1,"jobs":[{"host"');
    const { watcher } = open();
    await watcher.reload();
    expect(watcher.list()).toEqual([]);
    await watcher.watch(lab1, running);
    expect(watcher.list()).toMatchObject([{ id: "j1", name: "train.py" }]);
  });
});

it("the readers of a log get each byte once, whatever the tails overlap, and hear of what they leave out", () => {
  const side = host();
  const fed: string[] = [];
  const output = () => {
    const reader = recorder();
    return {
      ...reader,
      feed(chunk: Uint8Array) {
        fed.push(new TextDecoder().decode(chunk));
        reader.feed(chunk);
      },
      gap: () => fed.push("…"),
    };
  };
  const tails = createTails(side.jobs, { output }, createManualClock());
  side.prints("abc", 3);
  side.prints("bcde", 5);
  side.prints("bcde", 5);
  side.prints("xyz", 100);
  expect(fed).toEqual(["abc", "de", "…", "xyz"]);
  expect(tails.badLoss(lab1, "j1")).toBeUndefined();
  side.prints("loss nan", 8);
  expect(tails.badLoss(lab1, "j1")).toBe("loss NaN");
  side.says(seen([failed]));
  expect(tails.grewAt(lab1, "j1")).toBeUndefined();
});
