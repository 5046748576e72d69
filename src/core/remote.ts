import type { Duplex, Readable, Writable } from "node:stream";
import type { Disposable } from "./lifecycle";

/**
 * A remote operation is data: features describe it, a `Runner` executes it.
 * Runs on the short lane: serial, one warm shell, answers up to 1 MiB.
 */
export interface RemoteCommand<T> {
  /** What it is for, in words that fit "while ...": `reading the GPU details`. */
  readonly what: string;
  readonly argv: readonly [string, ...string[]];
  /** Small text for the command's standard input; none: it reads nothing. */
  readonly stdin?: string;
  /** Milliseconds until it is killed and fails with reason `deadline`. */
  readonly deadlineMs: number;
  /** Reads the answer; throws a `Failure` when it cannot. Called whatever the exit code is. */
  parse(output: CommandOutput): T;
}

/** What a finished command left. Text is UTF-8 with invalid bytes replaced. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/**
 * A script that runs for long and whose output is read as it comes; each gets a channel of its own (the stream lane).
 * `script` is one braced block ending in `exit` that first prints `readyMark`; only then are the parameters sent, as
 * a count line and one line each (dash and BusyBox read ahead on stdin and would run earlier data as commands).
 */
export interface StreamCommand {
  readonly what: string;
  readonly script: string;
  /** Single-line words for the script; a value with a line break is refused. */
  readonly parameters: readonly string[];
  /** Milliseconds to wait for `readyMark` before it fails with reason `deadline`. */
  readonly deadlineMs: number;
  /**
   * Where the server allows a single session it may be ended, with reason `paused`, for something that needs one. Its
   * owner starts it again at once: that waits until the session is free.
   */
  readonly yields?: true;
}

/** What every script prints once it has been read whole. Written as `printf '\036tensorline ready\037'`. */
export const readyMark = "\u001etensorline ready\u001f";

/** Receives a stream's bytes and its end. Exactly one `end` comes, after the last byte. */
export interface StreamSink {
  data(chunk: Uint8Array): void;
  /** Standard error, for reasons and logs. */
  errorData?(chunk: Uint8Array): void;
  /** `failure` when the connection or the login shell ended it, else the script's own end. */
  end(end: StreamEnd): void;
}

export type StreamEnd = { kind: "exit"; exitCode?: number; signal?: string } | { kind: "failure"; error: Error };

/** A running stream. Disposing it kills the script and everything it started. */
export interface RemoteStream extends Disposable {
  /** Sends one line (a line feed is added) to the script's standard input. */
  writeLine(line: string): void;
}

/**
 * A running script whose standard streams carry bytes with back-pressure: file transfer. All of `output` and `errors`
 * must be read, or nothing moves. Disposing it kills the script and everything it started.
 */
export interface RemotePipe extends Disposable {
  readonly input: Writable;
  readonly output: Readable;
  readonly errors: Readable;
  /** Resolves once, after the last byte of both outputs. */
  readonly ended: Promise<StreamEnd>;
}

/** Where a TCP connection made by the host goes, as the host sees it. */
export interface TcpTarget {
  readonly host: string;
  readonly port: number;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** An interactive login shell with a terminal on the host. */
export interface RemoteTerminal extends Disposable {
  write(data: string): void;
  resize(size: TerminalSize): void;
  /** While held no output comes, and the host is made to wait. The end comes after the last output all the same. */
  hold(held: boolean): void;
}

/** What a transport can do; features say what is missing. */
export interface Capabilities {
  readonly pty: boolean;
  readonly forward: boolean;
  readonly sftp: boolean;
  /** Several channels at the same time; false where the server allows one session (`MaxSessions 1`). */
  readonly parallel: boolean;
}

/** Executes remote operations on one host. Everything rejects with a `Failure`; an aborted signal gives reason `cancelled`. */
export interface Runner {
  readonly capabilities: Capabilities;
  run<T>(command: RemoteCommand<T>, signal: AbortSignal): Promise<T>;
  /** Resolves once the script is ready and has its parameters. */
  stream(command: StreamCommand, sink: StreamSink, signal: AbortSignal): Promise<RemoteStream>;
  /** As `stream`, for bytes both ways. */
  pipe(command: StreamCommand, signal: AbortSignal): Promise<RemotePipe>;
  terminal(size: TerminalSize, sink: StreamSink, signal: AbortSignal): Promise<RemoteTerminal>;
  /**
   * A TCP connection made by the host; it fails (event `error`) where the SSH connection ended before it did.
   * @throws Failure `forwardProhibited` where the server forbids it, `forwardRefused` where nothing answers there
   */
  dial(target: TcpTarget, signal: AbortSignal): Promise<Duplex>;
}

/** Quotes one word for a POSIX shell. The only place where shell text is made of data. */
export function quoteWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** One shell command line that runs exactly these words. A NUL byte cannot be passed to a program and is refused. */
export function quoteArgv(argv: readonly string[]): string {
  if (argv.some((word) => word.includes("\0"))) throw new RangeError("an argument holds a NUL byte");
  return argv.map(quoteWord).join(" ");
}
