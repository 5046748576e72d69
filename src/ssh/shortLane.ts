import { randomBytes } from "node:crypto";
import type { ClientChannel } from "ssh2";
import type { Clock } from "../core/clock";
import { Failure } from "../core/failure";
import type { CommandOutput } from "../core/remote";
import type { Link } from "./connection";
import { answerLimitBytes, type Frame, frameReader } from "./frames";
import { killChannel, openShell } from "./shell";
import script from "./shortLane.sh";

/** Opening includes the login shell's start-up files, which may be slow on a loaded machine. */
const openDeadlineMs = 20_000;

/** A warm shell that runs one command line at a time. */
export interface WarmShell {
  /**
   * Runs one line. An abandoned line (deadline, abort, too much output) ends the shell and everything it started.
   * @throws Failure `deadline`, `cancelled`, `answerTooLarge`, `connectionLost`, `noShell`
   */
  run(line: string, limits: LineLimits): Promise<CommandOutput>;
  /** Process id of the shell on the host, which leads the group of all that it starts. */
  readonly pid: number;
  alive(): boolean;
  close(): Promise<void>;
}

export interface LineLimits {
  readonly what: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** @throws Failure of `openShell` */
export async function openWarmShell(link: Link, clock: Clock, signal: AbortSignal): Promise<WarmShell> {
  const what = "opening a shell";
  const { channel, rest } = await openShell(link, { what, script, deadlineMs: openDeadlineMs, clock, signal });
  const nonce = randomBytes(12).toString("hex");
  const answers = answerReader(link, channel, nonce, rest);
  channel.write(`${nonce}\n`);
  // The first answer only tells that the parameters arrived; noise of start-up files on standard error ends with it.
  const hello = await withLimits(answers.next(what), { what, deadlineMs: openDeadlineMs, signal }, clock, channel);
  return {
    pid: hello.exitCode,
    alive: answers.alive,
    run(line, limits) {
      const answer = answers.next(limits.what);
      channel.write(`${line}\n`);
      return withLimits(answer, limits, clock, channel);
    },
    close() {
      const closed = answers.alive() ? new Promise<void>((resolve) => channel.once("close", resolve)) : undefined;
      channel.end();
      return Promise.race([closed, link.ended.then(() => {})]).then(() => {});
    },
  };
}

interface AnswerReader {
  next(what: string): Promise<CommandOutput>;
  alive(): boolean;
}

function answerReader(link: Link, channel: ClientChannel, nonce: string, rest: Buffer): AnswerReader {
  const readers = { out: frameReader(nonce), err: frameReader(nonce) };
  const done: { out?: Frame; err?: Frame } = {};
  let waiting: { what: string; resolve(output: CommandOutput): void; reject(error: unknown): void } | undefined;
  let closed = false;
  const read = (stream: "out" | "err", chunk: Buffer) => {
    readers[stream].push(chunk);
    done[stream] ??= readers[stream].take();
    if (!waiting) return;
    if (readers[stream].tooLarge()) {
      waiting.reject(new Failure({ reason: "answerTooLarge", what: waiting.what, limitBytes: answerLimitBytes }));
      waiting = undefined;
      killChannel(channel);
      return;
    }
    const { out, err } = done;
    if (!out || !err) return;
    delete done.out;
    delete done.err;
    const { resolve } = waiting;
    waiting = undefined;
    resolve({ stdout: out.output.toString("utf8"), stderr: err.output.toString("utf8"), exitCode: out.code });
  };
  channel.on("data", (chunk: Buffer) => read("out", chunk));
  channel.stderr.on("data", (chunk: Buffer) => read("err", chunk));
  channel.once("close", () => {
    closed = true;
    const detail = "the shell ended in the middle of a command";
    waiting?.reject(link.failure() ?? new Failure({ reason: "noShell", host: link.host, detail }));
  });
  if (rest.length > 0) read("out", rest);
  channel.resume();
  return {
    alive: () => !closed && link.failure() === undefined,
    next: (what) =>
      new Promise((resolve, reject) => {
        waiting = { what, resolve, reject };
      }),
  };
}

async function withLimits(
  answer: Promise<CommandOutput>,
  { what, deadlineMs, signal }: LineLimits,
  clock: Clock,
  channel: ClientChannel,
): Promise<CommandOutput> {
  const abandoned = new Promise<never>((_resolve, reject) => {
    const giveUp = (failure: Failure) => {
      reject(failure);
      killChannel(channel);
    };
    const timer = clock.after(deadlineMs, () =>
      giveUp(new Failure({ reason: "deadline", what, seconds: deadlineMs / 1000 })),
    );
    const onAbort = () => giveUp(new Failure({ reason: "cancelled" }));
    signal.addEventListener("abort", onAbort, { once: true });
    const settle = () => {
      timer.dispose();
      signal.removeEventListener("abort", onAbort);
    };
    answer.then(settle, settle);
  });
  return Promise.race([answer, abandoned]);
}
