import { describe, expect, it } from "vitest";
import type { LogSink } from "../../../../src/core/jobs/jobs";
import { createJobLog, type JobLog } from "../../../../src/features/jobs/jobLog";
import type { LogMoment } from "../../../../src/features/jobs/logPages";
import { type LogView, logWindowBytes } from "../../../../src/shared/jobPanel";
import type { Job } from "../../../../src/shared/jobs";
import { createManualClock } from "../../../mocks/manualClock";

const MIB = 1024 * 1024;
const ended: Job = { id: "1", name: "a", state: "succeeded", submittedAt: "2026-01-15T12:00:00Z", backend: "process" };

/** Numbered lines of 16 bytes, so that a position tells which line is there. */
function numbered(bytes: number): Uint8Array {
  const text = new TextEncoder();
  const all = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 16)
    all.set(text.encode(`${String(at).padStart(15, "0")}\n`).subarray(0, bytes - at), at);
  return all;
}

interface Follow {
  readonly from: number;
  readonly sink: LogSink;
  readonly signal: AbortSignal;
  end(job: Job): void;
}

/** A log of the host, a page that takes when it is told to, and what both heard. */
function stage(content: Uint8Array, index: readonly LogMoment[] = []) {
  const follows: Follow[] = [];
  const views: LogView[] = [];
  const shown: Uint8Array[] = [];
  const read: Uint8Array[] = [];
  const begun: number[] = [];
  const failures: unknown[] = [];
  const ends: Job[] = [];
  const reads: [number, number][] = [];
  const clock = createManualClock();
  const log: JobLog = createJobLog(
    {
      follow: (from, sink, signal) =>
        new Promise((resolve, reject) => {
          follows.push({ from, sink, signal, end: resolve });
          signal.addEventListener("abort", () => reject(new Error("aborted")));
        }),
      async readLog(from, length) {
        reads.push([from, length]);
        // The host answers less than was asked for.
        return content.slice(from, from + Math.min(length, 300_000));
      },
      logIndex: async () => index,
    },
    clock,
    {
      view(view) {
        views.push(view);
        shown.length = 0;
      },
      bytes: (_view, bytes) => void shown.push(bytes),
      begins: (from) => void begun.push(from),
      read: (chunk) => void read.push(chunk.slice()),
      interrupted: () => {},
      ended: (job) => void ends.push(job),
      failed: (error) => void failures.push(error),
    },
  );
  const sum = (parts: readonly Uint8Array[]) => parts.reduce((total, { length }) => total + length, 0);
  return {
    log,
    follows,
    views,
    begun,
    failures,
    ends,
    reads,
    clock,
    shownBytes: () => sum(shown),
    readBytes: () => sum(read),
    shownText: () => Buffer.concat(shown).toString(),
    view() {
      const last = views.at(-1);
      if (!last) throw new Error("nothing is shown");
      return last;
    },
    /** The page paints what it has until nothing more comes. */
    paintAll() {
      let painted = 0;
      while (sum(shown) > painted) {
        const next = sum(shown) - painted;
        painted += next;
        log.taken(views.at(-1)?.view ?? 0, next);
      }
    },
    /** Streams the log from where the last follow began; stops where it is held back. */
    async stream(to: number): Promise<number> {
      await new Promise(setImmediate);
      const follow = follows.at(-1);
      if (!follow) throw new Error("nobody follows");
      let at = follow.from;
      while (at < to && !follow.signal.aborted) {
        const chunk = content.slice(at, Math.min(to, at + 32_768));
        at += chunk.length;
        if (follow.sink.data(chunk)) return at;
      }
      return at;
    },
  };
}

describe("the log of a job", () => {
  it("shows all of a short one, and ends when the job has", async () => {
    const content = numbered(4000);
    const { log, follows, ...seen } = stage(content);
    log.show(content.length);
    await seen.stream(content.length);
    expect(follows.map(({ from }) => from)).toEqual([0]);
    expect(seen.view()).toEqual({ view: 1, kind: "live", from: 0 });
    expect(seen.shownText()).toBe(Buffer.from(content).toString());
    follows[0]?.end(ended);
    await new Promise(setImmediate);
    expect(seen.ends).toEqual([ended]);
    log.hide();
    log.show(content.length);
    expect(follows).toHaveLength(1);
    expect(seen.shownText()).toBe(Buffer.from(content).toString());
  });

  it("reads the last 5 MiB of a long one and shows the last one from a whole line on", async () => {
    const content = numbered(8 * MIB + 5);
    const { log, follows, ...seen } = stage(content);
    log.show(content.length);
    expect(seen.views).toEqual([]);
    await seen.stream(content.length);
    expect(follows[0]?.from).toBe(content.length - 5 * MIB);
    expect(seen.begun).toEqual([content.length - 5 * MIB]);
    expect(seen.view().kind).toBe("live");
    expect(seen.view().from % 16).toBe(0);
    expect(seen.view().from).toBeGreaterThanOrEqual(content.length - MIB);
  });

  it("lets the stream stand still while the page owes more than its window, and goes on where it stopped", async () => {
    const content = numbered(3 * MIB);
    const { log, follows, ...seen } = stage(content);
    log.show(0);
    await new Promise(setImmediate);
    const follow = follows[0];
    if (!follow) throw new Error("nobody follows");
    let at = 0;
    let held = 0;
    while (at < content.length) {
      const chunk = content.slice(at, at + 32_768);
      at += chunk.length;
      const wait = follow.sink.data(chunk);
      if (!wait) continue;
      held++;
      expect(seen.shownBytes()).toBeLessThanOrEqual(at);
      let released = false;
      void wait.then(() => {
        released = true;
      });
      await new Promise(setImmediate);
      expect(released).toBe(false);
      seen.paintAll();
      await wait;
    }
    seen.clock.advance(100);
    seen.paintAll();
    expect(held).toBeGreaterThan(0);
    expect(seen.shownText()).toBe(Buffer.from(content).toString());
    expect(seen.readBytes()).toBe(content.length);
  });

  it("never has more than the window on its way", async () => {
    const content = numbered(2 * MIB);
    const { log, follows, ...seen } = stage(content);
    log.show(0);
    const at = await seen.stream(content.length);
    expect(at).toBeLessThanOrEqual(logWindowBytes + 32_768);
    expect(seen.shownBytes()).toBeLessThanOrEqual(logWindowBytes);
    log.taken(seen.view().view, 10 * MIB);
    seen.clock.advance(100);
    expect(seen.shownBytes()).toBe(at);
    expect(follows).toHaveLength(1);
  });

  it("follows nothing while hidden, and shows again what it keeps before it goes on", async () => {
    const content = numbered(100_000);
    const { log, follows, ...seen } = stage(content);
    log.show(40_000);
    await seen.stream(40_000);
    seen.paintAll();
    log.hide();
    expect(follows[0]?.signal.aborted).toBe(true);
    const before = seen.readBytes();
    follows[0]?.sink.data(content.slice(40_000, 50_000));
    expect(seen.readBytes()).toBe(before);
    log.show(100_000);
    expect(seen.shownText()).toBe(Buffer.from(content.slice(0, 40_000)).toString());
    await seen.stream(100_000);
    expect(follows[1]?.from).toBe(40_000);
    seen.clock.advance(100);
    expect(seen.shownText()).toBe(Buffer.from(content).toString());
    expect(seen.begun).toEqual([0]);
  });

  it("begins anew where more was written meanwhile than it shows", async () => {
    const content = numbered(4 * MIB);
    const { log, follows, ...seen } = stage(content);
    log.show(1000);
    await seen.stream(1000);
    log.hide();
    log.show(4 * MIB);
    await seen.stream(4 * MIB);
    expect(follows[1]?.from).toBe(0);
    expect(seen.begun).toEqual([0, 0]);
    expect(seen.view().from).toBe(3 * MIB);
  });

  it("says why nothing comes", async () => {
    const { log, follows, ...seen } = stage(numbered(100));
    log.show(100);
    await new Promise(setImmediate);
    const gone = new Error("gone");
    // What ends the following from outside, as the connection does.
    const broken = createJobLog(
      { follow: () => Promise.reject(gone), readLog: async () => new Uint8Array(), logIndex: async () => [] },
      seen.clock,
      {
        view: () => {},
        bytes: () => {},
        begins: () => {},
        read: () => {},
        interrupted: () => {},
        ended: () => {},
        failed: (error) => void seen.failures.push(error),
      },
    );
    broken.show(0);
    await new Promise(setImmediate);
    expect(seen.failures).toEqual([gone]);
    log.dispose();
    expect(follows[0]?.signal.aborted).toBe(true);
  });
});

describe("pages of a log", () => {
  const content = numbered(6 * MIB);

  async function opened(index?: readonly LogMoment[]) {
    const seen = stage(content, index);
    seen.log.show(content.length);
    await new Promise(setImmediate);
    const follow = seen.follows.at(-1);
    if (!follow) throw new Error("nobody follows");
    for (let at = follow.from; at < content.length; at += 65_536) {
      const wait = follow.sink.data(content.slice(at, Math.min(content.length, at + 65_536)));
      seen.paintAll();
      await wait;
    }
    seen.clock.advance(100);
    seen.paintAll();
    return seen;
  }

  const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

  it("go back a mebibyte at a time without gap or repetition, to the beginning", async () => {
    const seen = await opened();
    let from = seen.view().from;
    const pieces: string[] = [];
    for (let page = 0; from > 0 && page < 20; page++) {
      seen.log.go("earlier");
      while (seen.view().to !== from) await settled();
      seen.paintAll();
      pieces.unshift(seen.shownText());
      from = seen.view().from;
    }
    expect(from).toBe(0);
    expect(pieces.join("").length).toBe(5 * MIB);
    expect(pieces.join("")).toBe(Buffer.from(content.slice(0, 5 * MIB)).toString());
    expect(pieces.length).toBeGreaterThanOrEqual(5);
  });

  it("go forward from the beginning until the live end", async () => {
    const seen = await opened();
    seen.log.go("first");
    while (seen.view().from !== 0) await settled();
    let to = seen.view().to;
    for (let page = 0; seen.view().kind === "page" && page < 40; page++) {
      seen.log.go("later");
      while (seen.view().kind === "page" && seen.view().from !== to) await settled();
      to = seen.view().to;
    }
    expect(seen.view()).toMatchObject({ kind: "live", from: 5 * MIB });
    seen.paintAll();
    expect(seen.shownText()).toBe(Buffer.from(content.slice(5 * MIB)).toString());
  });

  it("begin at a whole line at a time that the index names, and say between which times they were written", async () => {
    const index = [
      { at: "2026-01-15T11:00:00Z", bytes: 1000 },
      { at: "2026-01-15T11:01:00Z", bytes: 2_000_003 },
      { at: "2026-01-15T11:02:00Z", bytes: 5_000_000 },
    ];
    const seen = await opened(index);
    seen.log.go({ byte: 2_000_003 });
    while (seen.view().kind !== "page") await settled();
    expect(seen.view().from).toBe(2_000_016);
    expect(seen.view()).toMatchObject({ since: "2026-01-15T11:01:00Z", until: "2026-01-15T11:02:00Z" });
    expect(seen.shownText().slice(0, 16)).toBe("000000002000016\n");
  });

  it("do not hold the stream back, and newest goes on live", async () => {
    const seen = await opened();
    seen.log.go("first");
    while (seen.view().from !== 0) await settled();
    const more = numbered(MIB);
    const follow = seen.follows.at(-1);
    for (let at = 0; at < more.length; at += 65_536)
      expect(follow?.sink.data(more.slice(at, at + 65_536))).toBeUndefined();
    seen.log.go("newest");
    expect(seen.view().kind).toBe("live");
    seen.paintAll();
    expect(seen.shownText()).toBe(Buffer.from(more).toString());
  });
});
