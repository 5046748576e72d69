import { Failure } from "../core/failure";
import type {
  RemotePipe,
  RemoteStream,
  RemoteTerminal,
  StreamCommand,
  StreamEnd,
  StreamSink,
  TerminalSize,
} from "../core/remote";
import type { Channel, Link } from "./link";
import { type OpenLimits, openChannel, openShell, type ReadyShell, type ShellRequest, withinLimits } from "./shell";

const terminalDeadlineMs = 20_000;

type Means = Pick<ShellRequest, "clock" | "killGroup">;

/** Something that can be made to give its session to something else. */
export interface Interruptible {
  /** Kills the script and ends the stream for this reason; resolves when its session is free again. */
  interrupt(why: Failure): Promise<void>;
}

/**
 * Starts a script on a channel of its own and gives it its parameters. A stream that could not be started never calls
 * its sink.
 * @throws Failure of `openShell`; RangeError for a parameter with a line break
 */
export async function openStream(
  link: Link,
  command: StreamCommand,
  sink: StreamSink,
  means: Means,
  signal: AbortSignal,
): Promise<RemoteStream & Interruptible> {
  const { channel, rest, kill } = await startScript(link, command, means, signal);
  const stream = forward(link, channel, sink, kill);
  if (rest.length > 0) stream.data(rest);
  channel.resume();
  return {
    writeLine(line) {
      if (/[\n\0]/.test(line)) throw new RangeError("a line holds a line break");
      if (channel.writable) channel.write(`${line}\n`);
    },
    interrupt: stream.stop,
    dispose: stream.dispose,
  };
}

/**
 * Starts a script on a channel of its own whose streams carry bytes.
 * @throws Failure of `openShell`; RangeError for a parameter with a line break
 */
export async function openPipe(
  link: Link,
  command: StreamCommand,
  means: Means,
  signal: AbortSignal,
): Promise<RemotePipe & Interruptible> {
  const { channel, rest, kill } = await startScript(link, command, means, signal);
  let stopped: Failure | undefined;
  const ended = new Promise<StreamEnd>((resolve) => {
    channel.once("close", (exitCode?: number | null, signal?: string) => {
      resolve(stopped ? { kind: "failure", error: stopped } : endOf(link, exitCode, signal));
    });
  });
  if (rest.length > 0) channel.unshift(rest);
  const stop = async (why: Failure) => {
    if (stopped) return;
    stopped = why;
    const killed = kill();
    // Nobody reads any more, and what is not read would keep the channel open.
    channel.resume();
    channel.stderr.resume();
    await killed;
  };
  return {
    input: channel,
    output: channel,
    errors: channel.stderr,
    ended,
    interrupt: stop,
    dispose: () => void stop(new Failure({ reason: "cancelled" })),
  };
}

/** Starts a script and gives it its parameters; its output stands still until somebody reads it. */
async function startScript(
  link: Link,
  { what, script, deadlineMs, parameters }: StreamCommand,
  means: Means,
  signal: AbortSignal,
): Promise<ReadyShell> {
  if (parameters.some((word) => /[\n\0]/.test(word))) throw new RangeError("a parameter holds a line break");
  const shell = await openShell(link, { what, script, deadlineMs, signal, ...means });
  shell.channel.write([String(parameters.length), ...parameters].map((line) => `${line}\n`).join(""));
  return shell;
}

/**
 * Opens an interactive login shell with a terminal.
 * @throws Failure `noSession`, `connectionLost`, `deadline`, `cancelled`
 */
export async function openTerminal(
  link: Link,
  size: TerminalSize,
  sink: StreamSink,
  { clock, signal }: Pick<OpenLimits, "clock" | "signal">,
): Promise<RemoteTerminal> {
  const limits = { what: "opening a terminal", deadlineMs: terminalDeadlineMs, clock, signal };
  const channel = await withinLimits(limits, (abandoned) => openChannel(link.terminal(size), abandoned));
  // Closing hangs the terminal up, which ends what runs in it, as closing a window does.
  const stream = forward(link, channel, sink, async () => channel.close());
  return {
    write(data) {
      if (channel.writable) channel.write(data, "utf8");
    },
    resize({ columns, rows }) {
      channel.setWindow(rows, columns, 0, 0);
    },
    hold(held) {
      if (held) channel.pause();
      else channel.resume();
    },
    dispose: stream.dispose,
  };
}

/** Passes a channel's bytes on until its end, which comes once; after `dispose` nothing but the end is passed on. */
function forward(link: Link, channel: Channel, sink: StreamSink, kill: () => Promise<void>) {
  let ended = false;
  const end = (how: StreamEnd) => {
    if (ended) return;
    ended = true;
    sink.end(how);
  };
  const data = (chunk: Buffer) => {
    if (!ended) sink.data(chunk);
  };
  channel.on("data", data);
  channel.stderr.on("data", (chunk: Buffer) => {
    if (!ended) sink.errorData?.(chunk);
  });
  channel.on("error", () => {});
  channel.once("close", (exitCode?: number | null, signal?: string) => {
    end(endOf(link, exitCode, signal));
  });
  const stop = async (why: Failure) => {
    if (ended) return;
    const killed = kill();
    end({ kind: "failure", error: why });
    await killed;
  };
  return { data, stop, dispose: () => void stop(new Failure({ reason: "cancelled" })) };
}

function endOf(link: Link, exitCode: number | null | undefined, signal: string | undefined): StreamEnd {
  const lost = link.failure();
  if (lost && exitCode === undefined) return { kind: "failure", error: lost };
  return {
    kind: "exit",
    ...(typeof exitCode === "number" ? { exitCode } : {}),
    ...(signal === undefined ? {} : { signal }),
  };
}
