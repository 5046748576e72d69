import { randomBytes } from "node:crypto";
import type { Clock } from "../core/clock";
import { Failure } from "../core/failure";
import type { CommandOutput } from "../core/remote";
import { answerLimitBytes, type Frame, frameReader } from "./frames";
import type { Link } from "./link";
import { openShell, type ReadyShell } from "./shell";
import script from "./shortLane.sh";

/** Opening includes the login shell's start-up files, which may be slow on a loaded machine. */
const openDeadlineMs = 20_000;

/** An idle shell ends at once when its input does. */
const closeMs = 1_000;

/** A warm shell that runs one command line at a time. */
export interface WarmShell {
  /**
   * Runs one line. An abandoned line (deadline, abort, too much output) ends the shell and everything it started.
   * @throws Failure `deadline`, `cancelled`, `answerTooLarge`, `connectionLost`, `noShell`
   */
  run(line: string, limits: LineLimits): Promise<CommandOutput>;
  /** Resolves once an abandoned shell has freed its session; at once for one that was not abandoned. */
  killed(): Promise<void>;
  alive(): boolean;
  close(): Promise<void>;
}

export interface LineLimits {
  readonly what: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** @throws Failure of `openShell` */
export async function openWarmShell(
  link: Link,
  clock: Clock,
  signal: AbortSignal,
  killGroup: (pid: number) => void,
): Promise<WarmShell> {
  const what = "opening a shell";
  const limits = { what, deadlineMs: openDeadlineMs, signal };
  const shell = await openShell(link, { ...limits, script, clock, killGroup });
  const { channel } = shell;
  const nonce = randomBytes(12).toString("hex");
  let killing: Promise<void> | undefined;
  const kill = () => {
    killing ??= shell.kill();
  };
  const answers = answerReader(link, shell, nonce, kill);
  const ask = (line: string, { what, deadlineMs, signal }: LineLimits) => {
    const answer = answers.next(what);
    channel.write(`${line}\n`);
    return new Promise<CommandOutput>((resolve, reject) => {
      const giveUp = (failure: Failure) => {
        reject(failure);
        kill();
      };
      const timer = clock.after(deadlineMs, () =>
        giveUp(new Failure({ reason: "deadline", what, seconds: deadlineMs / 1000 })),
      );
      const onAbort = () => giveUp(new Failure({ reason: "cancelled" }));
      signal.addEventListener("abort", onAbort, { once: true });
      answer.then(resolve, reject).finally(() => {
        timer.dispose();
        signal.removeEventListener("abort", onAbort);
      });
    });
  };
  // The first answer only tells that the nonce arrived; noise of start-up files on standard error ends with it.
  await ask(nonce, limits);
  return {
    run: ask,
    killed: () => killing ?? Promise.resolve(),
    alive: () => killing === undefined && answers.open(),
    close: () =>
      new Promise((resolve) => {
        if (!answers.open()) return resolve();
        const patience = clock.after(closeMs, () => channel.close());
        channel.once("close", () => {
          patience.dispose();
          resolve();
        });
        channel.end();
      }),
  };
}

interface AnswerReader {
  next(what: string): Promise<CommandOutput>;
  /** The channel is there. */
  open(): boolean;
}

function answerReader(link: Link, { channel, rest }: ReadyShell, nonce: string, kill: () => void): AnswerReader {
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
      kill();
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
    open: () => !closed && link.failure() === undefined,
    next: (what) =>
      new Promise((resolve, reject) => {
        waiting = { what, resolve, reject };
      }),
  };
}
