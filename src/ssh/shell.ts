import type { Clock } from "../core/clock";
import { Failure } from "../core/failure";
import type { Channel, Link } from "./link";
import { markSeeker, tellPid } from "./markSeeker";
import { plainText } from "./plainText";

/** What bounds the opening of a channel. */
export interface OpenLimits {
  readonly what: string;
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface ShellRequest extends OpenLimits {
  /** One braced block that prints the ready mark first. */
  readonly script: string;
  /** Kills a process group on the host by other means than this shell's channel. */
  readonly killGroup: (pid: number) => void;
}

/** A script that has been read whole by a shell on the host. */
export interface ReadyShell {
  readonly channel: Channel;
  /** Bytes that came in the same packet after the mark. */
  readonly rest: Buffer;
  /** Kills the shell and everything it started; resolves when its session is free again, after a second at most. */
  kill(): Promise<void>;
}

/** How long the server may take to show that it obeyed the signal. */
const killPatienceMs = 1_000;

/**
 * Any login shell understands these; the script itself goes in on standard input, where no shell's quoting matters.
 * dropbear starts all commands of a connection in one process group, so the shell is given one of its own.
 */
const shellCommands = {
  openssh: "exec sh -s",
  dropbear: "exec sh -c 'command -v setsid >/dev/null 2>&1 && exec setsid sh -s; exec sh -s'",
  other: "exec sh -s",
} as const;

/**
 * Starts a script in a shell of its own and waits until it says that it is ready. Standard error is drained and dropped
 * until the caller listens to it.
 * @throws Failure `noShell`, `noSession`, `connectionLost`, `deadline`, `cancelled`
 */
export function openShell(link: Link, request: ShellRequest): Promise<ReadyShell> {
  return withinLimits(request, async (abandoned) => {
    const command = shellCommands[link.server];
    const channel = await openChannel(link.exec(command), abandoned);
    return ready(link, channel, request, abandoned);
  });
}

/**
 * Runs the opening of something until its deadline or its abortion, whichever comes first.
 * @throws Failure `deadline`, `cancelled`
 */
export async function withinLimits<T>(limits: OpenLimits, work: (abandoned: AbortSignal) => Promise<T>): Promise<T> {
  const { what, deadlineMs, clock, signal } = limits;
  if (signal.aborted) throw new Failure({ reason: "cancelled" });
  const abandoned = new AbortController();
  const timer = clock.after(deadlineMs, () => {
    abandoned.abort(new Failure({ reason: "deadline", what, seconds: deadlineMs / 1000 }));
  });
  const onAbort = () => abandoned.abort(new Failure({ reason: "cancelled" }));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await work(abandoned.signal);
  } finally {
    timer.dispose();
    signal.removeEventListener("abort", onAbort);
  }
}

/** Waits for a channel that is being opened, and closes it should it come after it was given up. */
export async function openChannel<T extends Channel>(opening: Promise<T>, abandoned: AbortSignal): Promise<T> {
  const closeLate = (channel: T) => {
    if (abandoned.aborted) channel.close();
  };
  opening.then(closeLate, () => {});
  return Promise.race([opening, rejection(abandoned)]);
}

/**
 * What goes into a shell to start a script. Nothing may follow its last brace but one line feed: a shell that reads
 * byte by byte, as bash does, would take an empty line for the first parameter.
 */
export function shellInput(script: string): string {
  return `${tellPid}\n${script.trimEnd()}\n`;
}

/** sshd kills the whole group, but not for root; dropbear kills the shell alone: then a second way is taken. */
function killShell(link: Link, channel: Channel, pid: number | undefined, request: ShellRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = (obeyed: boolean) => {
      patience.dispose();
      channel.removeListener("close", onClose);
      if (!obeyed && pid !== undefined && link.failure() === undefined) request.killGroup(pid);
      channel.close();
      resolve();
    };
    const onClose = (_code: number | null, signal?: string) => done(signal === "SIGKILL" && link.server === "openssh");
    const patience = request.clock.after(killPatienceMs, () => done(false));
    channel.once("close", onClose);
    channel.signal("KILL");
    channel.end();
  });
}

function ready(link: Link, channel: Channel, request: ShellRequest, abandoned: AbortSignal): Promise<ReadyShell> {
  return new Promise((resolve, reject) => {
    const seeker = markSeeker();
    let complaint = "";
    const noShell = (detail: string) => {
      const noise = plainText(`${complaint}\n${seeker.noise()}`, 200);
      // What is not even text helps nobody.
      const said = noise.includes("\ufffd") ? "it sent binary data" : `it said: ${noise}`;
      const text = noise === "" ? detail : `${detail}; ${said}`;
      return link.failure() ?? new Failure({ reason: "noShell", host: link.host, detail: text });
    };
    const kill = () => killShell(link, channel, seeker.pid(), request);
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
      void kill();
      reject(error);
    };
    const onData = (chunk: Buffer) => {
      const found = seeker.push(chunk);
      if (found === undefined) return;
      if (found === "tooMuch") return giveUp(noShell("the login shell prints without end"));
      stop();
      // Nothing may be lost between here and the caller's own listeners, so the flow stops until they are there.
      channel.pause();
      resolve({ channel, rest: found, kill });
    };
    const onComplaint = (chunk: Buffer) => {
      if (complaint.length < 4096) complaint += chunk.toString("utf8");
    };
    const onClose = (code?: number | null, signalName?: string) => {
      const how = signalName ?? (typeof code === "number" ? `exit code ${code}` : "no exit code");
      stop();
      reject(noShell(`the login shell ended before it was ready (${how})`));
    };
    const onAbandoned = () => giveUp(abandoned.reason);
    if (abandoned.aborted) return onAbandoned();
    abandoned.addEventListener("abort", onAbandoned, { once: true });
    channel.on("data", onData);
    channel.stderr.on("data", onComplaint);
    channel.on("close", onClose);
    channel.on("error", () => {});
    channel.write(shellInput(request.script));
  });
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
