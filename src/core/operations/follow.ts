import type { Clock } from "../clock";
import { Failure, isFailure, problemOf } from "../failure";
import type { RemoteStream, Runner, StreamEnd } from "../remote";
import { followCommand, lookCommand } from "./commands";
import type { Operation, OperationHost, OperationSink } from "./operation";
import { isInterruption, pause } from "./persistence";

export interface FollowDeps {
  readonly host: Pick<OperationHost, "connected">;
  readonly clock: Clock;
}

const aliveEveryMs = 10_000;
const backOffMs = [0, 200, 1000, 3000];

/** @see Operations.follow */
export async function followOperation(
  { host, clock }: FollowDeps,
  id: string,
  fromByte: number,
  sink: OperationSink,
  signal: AbortSignal,
): Promise<Operation> {
  let at = fromByte;
  const output = (chunk: Uint8Array) => {
    at += chunk.length;
    sink.output(chunk);
  };
  for (let idle = 0; ; ) {
    const before = at;
    try {
      const runner = await host.connected(signal);
      const { operation, ended, logBytes } = await runner.run(lookCommand(id), signal);
      if (ended && at >= logBytes) return operation;
      await readLog(clock, runner, id, at, output, signal);
    } catch (error) {
      if (signal.aborted || !isInterruption(error)) throw error;
      if (!isFailure(error, "paused")) sink.interrupted?.();
    }
    idle = at > before ? 0 : idle + 1;
    await pause(clock, backOffMs[Math.min(idle, backOffMs.length - 1)] ?? 0, signal);
  }
}

/** Follows the log on one connection until the script ends. */
async function readLog(
  clock: Clock,
  runner: Runner,
  id: string,
  at: number,
  output: (chunk: Uint8Array) => void,
  signal: AbortSignal,
): Promise<void> {
  let finish: (end: StreamEnd) => void = () => {};
  const ended = new Promise<StreamEnd>((resolve) => {
    finish = resolve;
  });
  const data = (chunk: Uint8Array) => {
    if (!signal.aborted) output(chunk);
  };
  const stream = await runner.stream(followCommand(id, at), { data, end: finish }, signal);
  const beat = keepAlive(clock, stream);
  const stop = () => {
    stream.dispose();
    finish({ kind: "failure", error: new Failure({ reason: "cancelled" }) });
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const end = await ended;
    if (end.kind === "failure") throw new Failure(problemOf(end.error), end.error);
  } finally {
    signal.removeEventListener("abort", stop);
    beat.dispose();
  }
}

function keepAlive(clock: Clock, stream: RemoteStream) {
  let timer = clock.after(aliveEveryMs, beat);
  function beat() {
    stream.writeLine("alive");
    timer = clock.after(aliveEveryMs, beat);
  }
  return { dispose: () => timer.dispose() };
}
