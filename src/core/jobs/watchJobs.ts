import type { Job } from "../../shared/jobs";
import { boundedText } from "../boundedText";
import type { Clock } from "../clock";
import { Failure } from "../failure";
import beatPart from "../operations/scripts/beat.sh";
import type { Runner, StreamCommand } from "../remote";
import startPart from "../transfer/scripts/start.sh";
import { ticketsFunction } from "./gpus/tickets";
import { jobsPart } from "./hostScript";
import { type JobLists, parseJobs, parseLists } from "./records";
import watchScript from "./scripts/watch.sh";
import { runWithBeat } from "./withBeat";

/** What a host told at once. */
export interface JobNews {
  /** New, or not as they were. */
  readonly jobs: readonly Job[];
  /** Ids of jobs that were removed. */
  readonly gone: readonly string[];
  readonly tails: readonly { readonly id: string; readonly from: number; readonly bytes: Uint8Array }[];
  /** Those that back ends and GPU tickets tell of besides, where that changed. */
  readonly besides?: JobLists;
  /** With this, everything there is has been told. */
  readonly whole: boolean;
}

/** Longer than anything that the script tells at once. */
const mostBytes = 2 ** 20;

/** Tells changes of a host's jobs once a second; wants a line every ten seconds. */
export function watchCommand(silenceMs = 30_000): StreamCommand {
  return {
    what: "watching the jobs",
    script: `{\n${startPart}${jobsPart}${ticketsFunction}${beatPart}${watchScript}\nexit\n}`,
    parameters: [String(silenceMs / 3000)],
    deadlineMs: 20_000,
    yields: true,
  };
}

/**
 * Watches a host's jobs over one channel until that ends.
 * @throws Failure why it ended: of the connection, `cancelled`, `unreadable`
 */
export async function watchJobs(
  clock: Clock,
  runner: Runner,
  onNews: (news: JobNews) => void,
  signal: AbortSignal,
): Promise<void> {
  const read = newsReader();
  await runWithBeat(clock, runner, watchCommand(), (chunk) => onNews(read(chunk)), signal);
}

/** Cuts what `watch.sh` prints into news. @throws Failure `unreadable` */
export function newsReader(): (chunk: Uint8Array) => JobNews {
  let left = Buffer.alloc(0);
  return (chunk) => {
    left = Buffer.concat([left, chunk]);
    const news: Gathered = { jobs: [], gone: [], tails: [], whole: false };
    for (;;) {
      const taken = take(left, news);
      if (taken === 0) break;
      left = left.subarray(taken);
    }
    if (left.length > mostBytes) throw unreadable(left);
    return news;
  };
}

interface Gathered {
  readonly jobs: Job[];
  readonly gone: string[];
  readonly tails: JobNews["tails"][number][];
  besides?: JobLists;
  whole: boolean;
}

/** Reads one piece of news from the front, if it is there whole; returns its length. */
function take(text: Buffer, news: Gathered): number {
  const end = text.indexOf("\n") + 1;
  if (end === 0) return 0;
  const [word, id = "", from = "", length = ""] = text.toString("utf8", 0, end - 1).split(" ");
  switch (word) {
    case "job": {
      const after = endOfLines(text, end, 4);
      if (after > 0) news.jobs.push(...parseJobs(text.toString("utf8", end, after)));
      return after;
    }
    case "gone":
      news.gone.push(id);
      return end;
    case "besides": {
      if (!/^\d{1,6}$/.test(id)) throw unreadable(text);
      const after = end + Number(id);
      if (text.length < after) return 0;
      news.besides = parseLists(text.toString("utf8", end, after));
      return after;
    }
    case "whole":
      news.whole = true;
      return end;
    case "log": {
      if (!/^\d{1,15}$/.test(from) || !/^\d{1,5}$/.test(length)) throw unreadable(text);
      const after = end + Number(length);
      if (text.length < after) return 0;
      news.tails.push({ id, from: Number(from), bytes: Uint8Array.from(text.subarray(end, after)) });
      return after;
    }
    default:
      throw unreadable(text);
  }
}

/** Position after so many lines from a byte on; 0 where they are not there yet. */
function endOfLines(text: Buffer, from: number, lines: number): number {
  let at = from;
  for (let line = 0; line < lines; line++) {
    at = text.indexOf("\n", at) + 1;
    if (at === 0) return 0;
  }
  return at;
}

function unreadable(text: Buffer): Failure {
  const detail = boundedText(text.toString("utf8", 0, 200));
  return new Failure({ reason: "unreadable", what: "news of the jobs", detail });
}
