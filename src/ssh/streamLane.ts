import type { ClientChannel } from "ssh2";
import { Failure } from "../core/failure";
import type { RemoteStream, RemoteTerminal, StreamCommand, StreamEnd, StreamSink, TerminalSize } from "../core/remote";
import type { Link } from "./link";
import { type OpenLimits, openChannel, openShell, type ShellRequest, withinLimits } from "./shell";

const terminalDeadlineMs = 20_000;

/**
 * Starts a script on a channel of its own and gives it its parameters. A stream that could not be started never calls
 * its sink.
 * @throws Failure of `openShell`; RangeError for a parameter with a line break
 */
export async function openStream(
  link: Link,
  command: StreamCommand,
  sink: StreamSink,
  { clock, killGroup }: Pick<ShellRequest, "clock" | "killGroup">,
  signal: AbortSignal,
): Promise<RemoteStream> {
  const { what, script, deadlineMs, parameters } = command;
  if (parameters.some((word) => /[\n\0]/.test(word))) throw new RangeError("a parameter holds a line break");
  const { channel, rest, kill } = await openShell(link, { what, script, deadlineMs, clock, signal, killGroup });
  const stream = forward(link, channel, sink, kill);
  channel.write([String(parameters.length), ...parameters].map((line) => `${line}\n`).join(""));
  if (rest.length > 0) stream.data(rest);
  channel.resume();
  return {
    writeLine(line) {
      if (/[\n\0]/.test(line)) throw new RangeError("a line holds a line break");
      if (channel.writable) channel.write(`${line}\n`);
    },
    dispose: stream.dispose,
  };
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
  const window = { term: "xterm-256color", cols: size.columns, rows: size.rows, width: 0, height: 0 };
  const limits = { what: "opening a terminal", deadlineMs: terminalDeadlineMs, clock, signal };
  const channel = await withinLimits(limits, (abandoned) =>
    openChannel(link, (client, opened) => client.shell(window, opened), abandoned),
  );
  // Closing hangs the terminal up, which ends what runs in it, as closing a window does.
  const stream = forward(link, channel, sink, () => channel.close());
  return {
    write(data) {
      if (channel.writable) channel.write(data, "utf8");
    },
    resize({ columns, rows }) {
      channel.setWindow(rows, columns, 0, 0);
    },
    dispose: stream.dispose,
  };
}

/** Passes a channel's bytes on until its end, which comes once; after `dispose` nothing but the end is passed on. */
function forward(link: Link, channel: ClientChannel, sink: StreamSink, kill: () => void) {
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
    const lost = link.failure();
    if (lost && exitCode === undefined) return end({ kind: "failure", error: lost });
    return end({
      kind: "exit",
      ...(typeof exitCode === "number" ? { exitCode } : {}),
      ...(signal === undefined ? {} : { signal }),
    });
  });
  return {
    data,
    dispose() {
      if (ended) return;
      kill();
      end({ kind: "failure", error: new Failure({ reason: "cancelled" }) });
    },
  };
}
