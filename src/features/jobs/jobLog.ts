import type { Clock } from "../../core/clock";
import type { Problem } from "../../core/failure";
import type { LogSink } from "../../core/jobs/jobs";
import type { Disposable } from "../../core/lifecycle";
import { type LogView, logWindowBytes } from "../../shared/jobPanel";
import type { Job } from "../../shared/jobs";
import {
  firstLine,
  headLength,
  type LogMoment,
  lastLine,
  pageBytes,
  tailStart,
  writtenBy,
  writtenSince,
} from "./logPages";
import { createLogRing, fixedBytes, type LogRing } from "./logRing";
import { createLogSender } from "./logSender";

/** The log of one job, as `Jobs` gives it. */
export interface LogPorts {
  follow(fromByte: number, sink: LogSink, signal: AbortSignal): Promise<Job>;
  readLog(fromByte: number, length: number, signal: AbortSignal): Promise<Uint8Array>;
  logIndex(signal: AbortSignal): Promise<readonly LogMoment[]>;
}

/** Who hears of the log. */
export interface LogListener {
  /** The page begins a view anew. */
  view(view: LogView): void;
  /** Bytes of a view, in memory of their own. */
  bytes(view: number, bytes: Uint8Array<ArrayBuffer>): void;
  /** Reading begins at this byte; whatever was read before does not continue. */
  begins(from: number): void;
  /** What was read, in order; the memory is the log's. */
  read(chunk: Uint8Array): void;
  /** Undefined: it goes on. */
  interrupted(problem: Problem | undefined): void;
  /** The job has ended and its last byte was read. */
  ended(job: Job): void;
  failed(error: unknown): void;
}

export interface JobLog extends Disposable {
  /** The page is there, empty: shows the live end, or what was shown last, and follows. `logBytes`: how long the log is. */
  show(logBytes: number): void;
  /** The page has gone: nothing is read for it. */
  hide(): void;
  taken(view: number, bytes: number): void;
  go(to: "first" | "earlier" | "later" | "newest" | { readonly byte: number }): void;
  /** The newest bytes, for the cause of death. */
  tail(length: number): Uint8Array;
}

/** The newest so much is shown, and kept to be shown again. */
const shownBytes = 1024 * 1024;
/** A little more is kept: what is before tells whether a line begins where the shown part does. */
const keptBytes = shownBytes + 64 * 1024;
/** So much is read for progress and metrics before what is shown. */
const readBeforeBytes = 4 * 1024 * 1024;

type Shown = { readonly kind: "live"; readonly from: number } | { readonly kind: "page"; from: number; to: number };

/** Follows a job's log while somebody looks, keeps its newest part, and shows earlier parts a page at a time. */
export function createJobLog(ports: LogPorts, clock: Clock, listener: LogListener): JobLog {
  const sender = createLogSender(logWindowBytes, clock, listener.bytes);
  let ring: LogRing | undefined;
  /** What is shown live begins here at the earliest. */
  let showFrom = 0;
  /** Output up to here is only read: enough is needed to see where a line begins. */
  let showAt = 0;
  let shown: Shown | undefined;
  let view = 0;
  let complete = false;
  let looking: AbortController | undefined;
  let paging: AbortController | undefined;
  const roomWaiters: (() => void)[] = [];

  const isOwed = (limit: number) =>
    ring !== undefined && shown?.kind === "live" && ring.end - sender.paintedTo >= limit;

  function wake(): void {
    if (isOwed(logWindowBytes / 2)) return;
    for (const waiter of roomWaiters.splice(0)) waiter();
  }

  function room(signal: AbortSignal): Promise<void> {
    if (signal.aborted || !isOwed(logWindowBytes)) return Promise.resolve();
    return new Promise((resolve) => {
      roomWaiters.push(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  function showLive(log: LogRing): void {
    paging?.abort();
    const from = Math.max(Math.min(showFrom, log.end), log.end - shownBytes);
    const start = firstLine(log.slice(from - 1, log.end), from);
    shown = { kind: "live", from: start };
    view++;
    listener.view({ view, kind: "live", from: start });
    sender.begin(view, log, start);
    wake();
  }

  function take(log: LogRing, chunk: Uint8Array): void {
    log.add(chunk);
    listener.read(chunk);
    if (shown) sender.grown();
    else if (log.end >= showAt) showLive(log);
  }

  async function follow(log: LogRing, signal: AbortSignal): Promise<void> {
    await room(signal);
    const sink: LogSink = {
      data(chunk) {
        if (signal.aborted) return undefined;
        take(log, chunk);
        return isOwed(logWindowBytes) ? room(signal) : undefined;
      },
      interrupted: (problem) => listener.interrupted(problem),
      resumed: () => listener.interrupted(undefined),
    };
    try {
      const job = await ports.follow(log.end, sink, signal);
      if (signal.aborted) return;
      complete = true;
      listener.interrupted(undefined);
      if (!shown) showLive(log);
      listener.ended(job);
    } catch (error) {
      if (!signal.aborted) listener.failed(error);
    }
  }

  async function readAll(from: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let had = 0;
    while (had < length) {
      const part = await ports.readLog(from + had, length - had, signal);
      if (part.length === 0) break;
      parts.push(part);
      had += part.length;
    }
    const bytes = new Uint8Array(had);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /** Shows what lies between, cut at lines. `keep`: the end that stays as it is, for it is a line's already. */
  async function showPage(from: number, to: number, keep: "from" | "to" | "neither"): Promise<void> {
    paging?.abort();
    const own = new AbortController();
    paging = own;
    try {
      const index = ports.logIndex(own.signal).catch(() => []);
      const before = Math.max(0, from - 1);
      const read = await readAll(before, to - before, own.signal);
      const moments = await index;
      if (own.signal.aborted || !ring) return;
      const bytes = read.subarray(from - before);
      const cut = keep === "from" ? 0 : firstLine(read, from) - from;
      const start = keep === "to" ? Math.max(cut, tailStart(bytes)) : cut;
      const rest = bytes.subarray(start);
      const length = keep === "to" ? rest.length : Math.min(headLength(rest), lastLine(rest, to >= ring.end));
      const place = { from: from + start, to: from + start + length };
      const since = writtenSince(moments, place.from);
      const until = writtenBy(moments, place.to);
      shown = { kind: "page", ...place };
      view++;
      listener.view({
        view,
        kind: "page",
        ...place,
        ...(since === undefined ? {} : { since }),
        ...(until === undefined ? {} : { until }),
      });
      sender.begin(view, fixedBytes(place.from, rest.slice(0, length)), place.from);
      wake();
    } catch (error) {
      if (!own.signal.aborted) listener.failed(error);
    }
  }

  /** Shows a page's worth of log from here on; near the end that is the live view. */
  function showFromByte(log: LogRing, from: number, keep: "from" | "neither"): void {
    if (from + pageBytes >= log.end) showLive(log);
    else void showPage(from, from + pageBytes, keep);
  }

  return {
    show(logBytes) {
      looking?.abort();
      looking = new AbortController();
      if (!ring || logBytes - ring.end > shownBytes) {
        showFrom = Math.max(0, logBytes - shownBytes);
        showAt = showFrom === 0 ? 0 : Math.min(logBytes, showFrom + (keptBytes - shownBytes));
        const from = Math.max(0, showFrom - readBeforeBytes);
        ring = createLogRing(from, keptBytes);
        complete = false;
        shown = undefined;
        listener.begins(from);
        if (ring.end >= showAt) showLive(ring);
      } else {
        showLive(ring);
      }
      if (!complete) void follow(ring, looking.signal);
    },
    hide() {
      looking?.abort();
      paging?.abort();
    },
    taken(ofView, bytes) {
      sender.taken(ofView, bytes);
      wake();
    },
    go(to) {
      if (!ring || !shown) return;
      if (typeof to === "object") return showFromByte(ring, to.byte, "neither");
      switch (to) {
        case "newest":
          return showLive(ring);
        case "first":
          return showFromByte(ring, 0, "from");
        case "later":
          if (shown.kind === "page") showFromByte(ring, shown.to, "from");
          return;
        case "earlier":
          if (shown.from > 0) void showPage(Math.max(0, shown.from - pageBytes), shown.from, "to");
          return;
      }
    },
    tail: (length) => ring?.slice(ring.end - length, ring.end) ?? new Uint8Array(),
    dispose() {
      looking?.abort();
      paging?.abort();
      sender.dispose();
    },
  };
}
