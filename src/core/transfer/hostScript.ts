import type { Readable, Writable } from "node:stream";
import { boundedText } from "../boundedText";
import { Failure, type Problem } from "../failure";
import { systemProblem } from "../hostComplaint";
import type { RemoteCommand, RemotePipe, Runner, StreamEnd } from "../remote";
import stagePart from "./scripts/stage.sh";
import startPart from "./scripts/start.sh";
import type { TransferDeps } from "./transfer";

/** A script of `scripts/`, run on a channel of its own. */
export interface HostScript {
  /** Fits "while …". */
  readonly what: string;
  readonly body: string;
  /** The script works on a stage. */
  readonly stage?: boolean;
  readonly parameters: readonly string[];
  /** The path that a complaint is about. */
  readonly path: string;
  /** Exit codes, besides 0, after which the result counts all the same. */
  readonly tolerated?: readonly number[];
}

/** The running script as its user sees it. */
export interface ScriptIo {
  /** Resolves when the bytes are on their way, and may be changed; rejects once the script has ended. */
  send(bytes: Uint8Array): Promise<void>;
  /** Ends the script's input. */
  endInput(): void;
  readonly output: Readable;
  /** Something moved: the script is not stuck. */
  alive(): void;
  /** For a script whose output says nothing: it must be read all the same, or its end is never seen. */
  drain(): void;
}

export interface ScriptOutcome<T> {
  readonly value: T;
  readonly exitCode: number;
  readonly complaint: string;
}

const openDeadlineMs = 30_000;
const stallMs = 120_000;
const complaintBytes = 4096;

/**
 * Runs a script and talks to it through `use`.
 * @throws Failure of the transfer, of the connection, `transferStalled` after two minutes without a byte, `cancelled`
 */
export async function runScript<T>(
  deps: TransferDeps,
  runner: Runner,
  script: HostScript,
  signal: AbortSignal,
  use: (io: ScriptIo) => Promise<T>,
): Promise<ScriptOutcome<T>> {
  if (signal.aborted) throw new Failure({ reason: "cancelled" });
  if (script.parameters.some((word) => /[\n\0]/.test(word))) {
    throw new Failure({ reason: "hostPathUnusable", path: script.path });
  }
  const { what, parameters } = script;
  const pipe = await runner.pipe({ what, script: scriptText(script), parameters, deadlineMs: openDeadlineMs }, signal);
  const complaint = tail(pipe.errors);
  const ended = lastWord(pipe, deps, signal);
  try {
    const io = scriptIo(pipe, ended.promise, ended.alive);
    const used = use(io);
    // A script that ends early says why better than the stream that broke because of it.
    const value = await used.catch(async (error: unknown) => {
      if (!isStreamError(error) && !pipe.output.readableEnded) throw error;
      pipe.output.resume();
      const failure = failureOf(script, await ended.promise, complaint());
      if (failure || !isStreamError(error)) throw failure ?? error;
      throw new Failure({ reason: "transferInterrupted", path: script.path }, error);
    });
    io.endInput();
    pipe.output.resume();
    const end = await ended.promise;
    const failure = failureOf(script, end, complaint());
    if (failure) throw failure;
    return { value, exitCode: exitCodeOf(end), complaint: complaint() };
  } finally {
    ended.dispose();
    pipe.dispose();
  }
}

/** A script that works on a stage and says little, for the short lane. */
export function shortScript(what: string, body: string, parameters: readonly string[]): RemoteCommand<void> {
  return {
    what,
    argv: ["sh", "-c", `${stagePart}${body}`, "sh", ...parameters],
    deadlineMs: 60_000,
    parse() {},
  };
}

/** One braced block: the shell reads it whole before it runs, so what follows on its input is data. */
function scriptText({ body, stage }: Pick<HostScript, "body" | "stage">): string {
  return `{\n${startPart}${stage ? stagePart : ""}${body}\nexit\n}`;
}

function scriptIo(pipe: RemotePipe, ended: Promise<unknown>, alive: () => void): ScriptIo {
  const { input, output } = pipe;
  let inputEnded = false;
  let over = false;
  const end = ended.then(() => {
    over = true;
  });
  // Errors of the streams show in how the script ended.
  input.on("error", () => {});
  output.on("error", () => {});
  return {
    async send(bytes) {
      alive();
      if (!over && input.writable) await Promise.race([written(input, bytes), end]);
      if (over || !input.writable) throw Object.assign(new Error("the script has ended"), { code: "EPIPE" });
      alive();
    },
    endInput() {
      if (inputEnded) return;
      inputEnded = true;
      if (input.writable) input.end();
    },
    output,
    alive,
    drain: () => void output.on("data", alive).resume(),
  };
}

function written(input: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => input.write(bytes, () => resolve()));
}

/** The script's end, brought about by abortion or standstill where need be. */
function lastWord(pipe: RemotePipe, { clock }: TransferDeps, signal: AbortSignal) {
  let over: StreamEnd | undefined;
  let lastAlive = clock.monotonic();
  const give = (problem: Problem) => {
    over ??= { kind: "failure", error: new Failure(problem) };
    pipe.dispose();
  };
  const onAbort = () => give({ reason: "cancelled" });
  signal.addEventListener("abort", onAbort, { once: true });
  let timer = clock.after(stallMs, check);
  function check() {
    const idle = clock.monotonic() - lastAlive;
    if (idle >= stallMs) return give({ reason: "transferStalled", seconds: stallMs / 1000 });
    timer = clock.after(stallMs - idle, check);
  }
  return {
    promise: pipe.ended.then((end) => over ?? end),
    alive() {
      lastAlive = clock.monotonic();
    },
    dispose() {
      signal.removeEventListener("abort", onAbort);
      timer.dispose();
    },
  };
}

function tail(stream: Readable): () => string {
  let kept = Buffer.alloc(0);
  stream.on("error", () => {});
  stream.on("data", (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-complaintBytes);
  });
  return () => kept.toString("utf8");
}

function isStreamError(error: unknown): boolean {
  return error instanceof Error && "code" in error && !("problem" in error);
}

const exitCodeOf = (end: StreamEnd): number => (end.kind === "exit" ? (end.exitCode ?? 255) : 255);

function failureOf(script: HostScript, end: StreamEnd, complaint: string): Error | undefined {
  if (end.kind === "failure") return end.error;
  if (end.exitCode === 0 || script.tolerated?.includes(exitCodeOf(end))) return undefined;
  return new Failure(problemOfExit(script, end, complaint));
}

/** What the exit codes of `scripts/` say; where a tool failed, the C locale's own words for the system's error. */
function problemOfExit({ what, path }: HostScript, end: StreamEnd & { kind: "exit" }, complaint: string): Problem {
  const { exitCode, signal } = end;
  switch (exitCode) {
    case 33:
    case 36:
      return { reason: "hostNotAFolder", path };
    case 35:
      return { reason: "transferInterrupted", path };
    case 37:
      return { reason: "changedMeanwhile", path };
  }
  const system = systemProblem(complaint, path);
  if (system) return system;
  if ((exitCode === 31 || exitCode === 32) && /[Nn]o such file/.test(complaint))
    return { reason: "hostNoSuchPath", path };
  return {
    reason: "commandFailed",
    what,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
    detail: boundedText(complaint.trim()),
  };
}
