import type { ClientChannel } from "ssh2";
import type { Clock } from "../core/clock";
import { Failure } from "../core/failure";
import type { Link } from "./connection";
import { markSeeker } from "./markSeeker";
import { plainText } from "./plainText";

export interface ShellRequest {
  readonly what: string;
  /** One braced block that prints the ready mark first. */
  readonly script: string;
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A script that has been read whole by a shell on the host. */
export interface ReadyShell {
  readonly channel: ClientChannel;
  /** Bytes that came in the same packet after the mark. */
  readonly rest: Buffer;
}

/** Any login shell understands this; the script itself goes in on standard input, where no shell's quoting matters. */
const shellCommand = "exec sh -s";

/**
 * Starts a script in a shell of its own and waits until it says that it is ready. Standard error is drained and dropped
 * until the caller listens to it.
 * @throws Failure `noShell`, `noSession`, `connectionLost`, `deadline`, `cancelled`
 */
export async function openShell(link: Link, request: ShellRequest): Promise<ReadyShell> {
  const { what, script, deadlineMs, clock, signal } = request;
  if (signal.aborted) throw new Failure({ reason: "cancelled" });
  const abandoned = new AbortController();
  const timer = clock.after(deadlineMs, () => {
    abandoned.abort(new Failure({ reason: "deadline", what, seconds: deadlineMs / 1000 }));
  });
  const onAbort = () => abandoned.abort(new Failure({ reason: "cancelled" }));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const opening = link.open((client, opened) => client.exec(shellCommand, opened));
    opening.then(
      (channel) => abandoned.signal.aborted && killChannel(channel),
      () => {},
    );
    const channel = await Promise.race([
      opening,
      rejection(abandoned.signal),
      link.ended.then((lost) => Promise.reject(lost)),
    ]);
    return await ready(link, channel, script, abandoned.signal);
  } finally {
    timer.dispose();
    signal.removeEventListener("abort", onAbort);
  }
}

/** Ends a channel and the whole process group behind it, as far as the server lets us. */
export function killChannel(channel: ClientChannel): void {
  channel.signal("KILL");
  channel.end();
  channel.close();
}

function ready(link: Link, channel: ClientChannel, script: string, abandoned: AbortSignal): Promise<ReadyShell> {
  return new Promise((resolve, reject) => {
    const seeker = markSeeker();
    let complaint = "";
    const noShell = (detail: string) => {
      const noise = plainText(`${complaint}\n${seeker.noise()}`, 200);
      const text = noise === "" ? detail : `${detail}; it said: ${noise}`;
      return link.failure() ?? new Failure({ reason: "noShell", host: link.host, detail: text });
    };
    const stop = () => {
      channel.removeListener("data", onData);
      channel.removeListener("close", onClose);
      channel.stderr.removeListener("data", onComplaint);
      abandoned.removeEventListener("abort", onAbandoned);
    };
    const giveUp = (error: unknown) => {
      stop();
      channel.resume();
      channel.stderr.resume();
      killChannel(channel);
      reject(error);
    };
    const onData = (chunk: Buffer) => {
      const found = seeker.push(chunk);
      if (found === undefined) return;
      if (found === "tooMuch") return giveUp(noShell("the login shell prints without end"));
      stop();
      // Nothing may be lost between here and the caller's own listeners, so the flow stops until they are there.
      channel.pause();
      resolve({ channel, rest: found });
    };
    const onComplaint = (chunk: Buffer) => {
      if (complaint.length < 4096) complaint += chunk.toString("utf8");
    };
    const onClose = (code?: number | null, signalName?: string) => {
      const how = signalName ?? (typeof code === "number" ? `exit code ${code}` : "no exit code");
      giveUp(noShell(`the login shell ended before it was ready (${how})`));
    };
    const onAbandoned = () => giveUp(abandoned.reason);
    if (abandoned.aborted) return onAbandoned();
    abandoned.addEventListener("abort", onAbandoned, { once: true });
    channel.on("data", onData);
    channel.stderr.on("data", onComplaint);
    channel.on("close", onClose);
    channel.on("error", () => {});
    channel.write(`${script}\n`);
  });
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
