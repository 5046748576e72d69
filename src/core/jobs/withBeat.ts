import type { Clock } from "../clock";
import { Failure, problemOf } from "../failure";
import type { RemotePipe, Runner, StreamCommand } from "../remote";

const beatMs = 10_000;

/**
 * Runs a script that prints for long until it ends by itself, and tells it now and then that this client is there.
 * `take` may hold the output back by a promise; what it throws or rejects with ends the script.
 * @throws Failure of the connection, `cancelled`
 */
export async function runWithBeat(
  clock: Clock,
  runner: Runner,
  command: StreamCommand,
  take: (chunk: Buffer) => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const pipe = await runner.pipe(command, signal);
  let timer = clock.after(beatMs, beat);
  function beat() {
    if (pipe.input.writable) pipe.input.write("alive\n");
    timer = clock.after(beatMs, beat);
  }
  const stop = () => pipe.dispose();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  // How it ended says what the streams' own errors would.
  for (const stream of [pipe.input, pipe.output, pipe.errors]) stream.on("error", () => {});
  pipe.errors.resume();
  try {
    await readAll(pipe, take, signal);
    const end = await pipe.ended;
    if (signal.aborted) throw new Failure({ reason: "cancelled" });
    if (end.kind === "failure") throw new Failure(problemOf(end.error), end.error);
  } finally {
    signal.removeEventListener("abort", stop);
    timer.dispose();
    pipe.dispose();
  }
}

/** Resolves once the output has ended and the last of it was taken. */
function readAll(
  { output, ended }: RemotePipe,
  take: (chunk: Buffer) => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let held: Promise<void> | undefined;
  return new Promise((resolve, reject) => {
    const hold = (work: Promise<void>) => {
      held = work;
      output.pause();
      work.then(() => {
        if (held !== work) return;
        held = undefined;
        output.resume();
      }, reject);
    };
    output.on("data", (chunk: Buffer) => {
      if (signal.aborted) return;
      try {
        const work = held ? held.then(() => take(chunk)) : take(chunk);
        if (work) hold(work);
      } catch (error) {
        reject(error);
      }
    });
    // It stands still until somebody reads it.
    output.resume();
    ended.then(() => (held ? held.then(resolve, reject) : resolve()), reject);
  });
}
