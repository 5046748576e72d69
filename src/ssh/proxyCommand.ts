import { type SpawnOptions, spawn } from "node:child_process";
import { Duplex } from "node:stream";
import type { Clock } from "../core/clock";
import { Failure } from "../core/failure";
import type { Logger } from "../core/logger";
import type { ClientFacts } from "../core/ports";
import { inClientShell, type ShellCommand } from "./clientShell";
import { plainText } from "./plainText";

export interface ProxyCommandRequest {
  /** The host as the user named it. */
  readonly host: string;
  /** Tokens already expanded. */
  readonly command: string;
  readonly client: ClientFacts;
  readonly clock: Clock;
  readonly log: Logger;
}

const keptComplaint = 1_000;
/** A helper that outlives the command may keep its standard error open; no more than this is waited for it. */
const lastWordsMs = 250;

/** How the client's shell runs a proxy command; on POSIX the command takes the shell's place, as in ssh. */
export function shellCommand(command: string, client: ClientFacts): ShellCommand {
  return inClientShell(client.os === "win32" ? command : `exec ${command}`, client);
}

/**
 * Runs the user's `ProxyCommand`; its standard streams carry the connection, and destroying the stream ends it. Where it
 * ends by itself without having made a connection, or with a failure, the stream is destroyed with `proxyCommandFailed`.
 */
export function runProxyCommand({ host, command, client, clock, log }: ProxyCommandRequest): Duplex {
  const { file, args, verbatim } = shellCommand(command, client);
  const options = {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...client.env },
    windowsHide: true,
    windowsVerbatimArguments: verbatim,
  } satisfies SpawnOptions;
  const child = spawn(file, args, options);
  const { stdin, stdout, stderr } = child;
  let complaint = "";
  let heard = false;

  const failed = (detail: string, exitCode?: number) =>
    new Failure({
      reason: "proxyCommandFailed",
      host,
      detail: plainText(detail),
      ...(exitCode === undefined ? {} : { exitCode }),
    });

  const stream = new Duplex({
    write: (chunk, _encoding, done) => void stdin.write(chunk, () => done()),
    final(done) {
      stdin.end();
      done();
    },
    read: () => void stdout.resume(),
    destroy(error, done) {
      // Where the shell did not make way for the command, the end of its input tells the command.
      for (const pipe of child.stdio) pipe?.destroy();
      child.kill(client.os === "win32" ? "SIGTERM" : "SIGHUP");
      done(error);
    },
  });
  // The error stays with the stream for whoever takes it over.
  stream.on("error", () => {});
  // What it did not take shows in how it ends.
  stdin.on("error", () => {});
  stdout.on("data", (chunk: Buffer) => {
    heard = true;
    if (!stream.push(chunk)) stdout.pause();
  });
  stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-keptComplaint);
    log.info(`${host}: proxy command: ${plainText(text)}`);
  });
  child.once("error", (error) => stream.destroy(failed(error.message)));
  const ended = Promise.all([
    new Promise<void>((resolve) => stdout.once("close", resolve)),
    new Promise<number | null>((resolve) => child.once("exit", resolve)),
  ]);
  const settle = (exitCode: number | null) => {
    if (stream.destroyed) return;
    if (heard && exitCode === 0) stream.push(null);
    else stream.destroy(failed(complaint, exitCode ?? undefined));
  };
  void ended.then(([, exitCode]) => {
    if (stderr.closed) return settle(exitCode);
    const patience = clock.after(lastWordsMs, () => settle(exitCode));
    stderr.once("close", () => {
      patience.dispose();
      settle(exitCode);
    });
  });
  return stream;
}
