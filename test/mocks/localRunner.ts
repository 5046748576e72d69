import { spawn } from "node:child_process";
import { Failure } from "../../src/core/failure";
import { type CommandOutput, quoteArgv, type Runner, readyMark, type StreamEnd } from "../../src/core/remote";

export interface LocalRunnerOptions {
  /** The shell and its options, such as `["busybox", "sh"]`. */
  readonly shell?: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

/** A runner on this machine: the same hand-over of script and parameters as over SSH, without the network. */
export function createLocalRunner({ shell = ["sh"], env = {} }: LocalRunnerOptions = {}): Runner {
  const [program, ...options] = shell;
  // A session of its own, as sshd gives each channel: the probe kills its process group.
  const start = (args: readonly string[]) =>
    spawn(program, [...options, ...args], { detached: true, env: { HOME: "/tmp", ...env }, stdio: "pipe" });

  return {
    capabilities: { pty: false, forward: false, sftp: false, parallel: true },

    run(command, signal) {
      return new Promise((resolve, reject) => {
        const child = start(["-c", quoteArgv(command.argv)]);
        const chunks: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
        child.stdout.on("data", (chunk: Buffer) => chunks.stdout.push(chunk));
        child.stderr.on("data", (chunk: Buffer) => chunks.stderr.push(chunk));
        const onAbort = () => reject(new Failure({ reason: "cancelled" }));
        signal.addEventListener("abort", onAbort, { once: true });
        child.on("error", reject);
        child.on("close", (code) => {
          signal.removeEventListener("abort", onAbort);
          const output: CommandOutput = {
            stdout: Buffer.concat(chunks.stdout).toString(),
            stderr: Buffer.concat(chunks.stderr).toString(),
            exitCode: code ?? 255,
          };
          try {
            resolve(command.parse(output));
          } catch (error) {
            reject(error);
          }
        });
        // A command may end without reading its input.
        child.stdin.on("error", () => {});
        child.stdin.end(command.stdin ?? "");
      });
    },

    stream(command, sink, signal) {
      return new Promise((resolve, reject) => {
        const child = start(["-s"]);
        let before: Buffer | undefined = Buffer.alloc(0);
        const dispose = () => child.stdin.end();
        child.stdin.on("error", () => {});
        child.stdout.on("data", (chunk: Buffer) => {
          if (before === undefined) return sink.data(chunk);
          before = Buffer.concat([before, chunk]);
          const at = before.indexOf(readyMark);
          if (at < 0) return undefined;
          const rest = before.subarray(at + Buffer.byteLength(readyMark));
          before = undefined;
          child.stdin.write(`${command.parameters.length}\n${command.parameters.map((line) => `${line}\n`).join("")}`);
          resolve({ writeLine: (line) => void child.stdin.write(`${line}\n`), dispose });
          if (rest.length > 0) sink.data(rest);
          return undefined;
        });
        child.stderr.on("data", (chunk: Buffer) => sink.errorData?.(chunk));
        child.on("error", reject);
        child.on("close", (exitCode, ending) => {
          signal.removeEventListener("abort", dispose);
          const end: StreamEnd = {
            kind: "exit",
            ...(exitCode === null ? {} : { exitCode }),
            ...(ending === null ? {} : { signal: ending }),
          };
          if (before === undefined) sink.end(end);
          else reject(new Failure({ reason: "noShell", host: "localhost", detail: before.toString() }));
        });
        signal.addEventListener("abort", dispose, { once: true });
        child.stdin.write(`${command.script}\n`);
      });
    },

    pipe(command, signal) {
      return new Promise((resolve, reject) => {
        const child = start(["-s"]);
        const kill = () => {
          try {
            if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
          } catch {
            // It ended by itself a moment ago.
          }
        };
        signal.addEventListener("abort", kill, { once: true });
        child.stdin.on("error", () => {});
        child.on("error", reject);
        const ended = new Promise<StreamEnd>((resolveEnd) => {
          child.on("close", (exitCode, ending) => {
            signal.removeEventListener("abort", kill);
            resolveEnd({
              kind: "exit",
              ...(exitCode === null ? {} : { exitCode }),
              ...(ending === null ? {} : { signal: ending }),
            });
          });
        });
        let before = Buffer.alloc(0);
        child.stdout.on("data", function wait(chunk: Buffer) {
          before = Buffer.concat([before, chunk]);
          const at = before.indexOf(readyMark);
          if (at < 0) return;
          child.stdout.removeListener("data", wait);
          child.stdout.pause();
          const rest = before.subarray(at + Buffer.byteLength(readyMark));
          if (rest.length > 0) child.stdout.unshift(rest);
          child.stdin.write(`${command.parameters.length}\n${command.parameters.map((line) => `${line}\n`).join("")}`);
          resolve({ input: child.stdin, output: child.stdout, errors: child.stderr, ended, dispose: kill });
        });
        child.stdin.write(`${command.script}\n`);
      });
    },

    terminal: () => Promise.reject(new Failure({ reason: "internal", detail: "no terminal here" })),
    dial: () => Promise.reject(new Failure({ reason: "internal", detail: "no forwarding here" })),
  };
}
